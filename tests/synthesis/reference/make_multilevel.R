# with_v: the sampling covariance is vcalc's with correlation rho within a study (.5 for the dat.* sets), not stored.
# Reference outputs for tests/synthesis/test_multilevel.py and test_robust.py.
# Usage: Rscript make_multilevel.R metafor > multilevel.json
# Debian: apt-get install r-base-core r-cran-metafor r-cran-clubsandwich r-cran-jsonlite
# The data sets "dat.*" are read from the reference folder and not repeated here; all others are simulated below.
suppressMessages({library(metafor); library(clubSandwich); library(jsonlite)})
folder <- commandArgs(TRUE)[1]
quiet <- function(e) suppressWarnings(suppressMessages(e))

reference <- function(name) {
  r <- fromJSON(gzfile(file.path(folder, paste0(name, ".json.gz"))))
  d <- data.frame(yi=r$raw$yi, vi=r$raw$vi, study=r$cluster)
  for (m in names(r$moderators)) d[[m]] <- r$moderators[[m]]
  d$estimate <- seq_len(nrow(d)); d
}

# What a fit printed, and the same model evaluated at rounded (co)variances: those agree to rounding error, because
# no optimiser is in between.
shown <- function(f, struct) list(
  names=rownames(f$beta), b=as.vector(f$beta), se=f$se, stat=f$zval, p=f$pval, lb=f$ci.lb, ub=f$ci.ub,
  vcov=f$vb, sigma2=if (f$withS) f$sigma2, tau2=if (f$withG) f$tau2, rho=if (f$withG) f$rho,
  levels=if (f$withG) f$g.levels.f[[1]],
  logLik=as.numeric(logLik(f)), QE=f$QE, QEdf=f$k - f$p, QEp=f$QEp, QM=f$QM, QMdf=f$QMdf, QMp=f$QMp)

fit <- function(d, V, random, struct="CS", mods=~1, method="REML", test="z", ...) {
  a <- list(yi=d$yi, V=V, mods=mods, random=random, data=d, struct=struct, method=method, test=test, sparse=FALSE)
  run <- function(control, extra=list()) quiet(do.call(rma.mv, c(a, list(control=control), extra)))
  # Several optimisers and tolerances, and the best of those that report success: each alone now and then stops early,
  # and with the tightest tolerance (1e-12, as for metafor's other fits) nlminb gives up with an error.
  controls <- list(list(), list(optimizer="nlminb", rel.tol=1e-10), list(optimizer="nlminb", rel.tol=1e-12),
                   list(optimizer="optim", optmethod="BFGS", reltol=1e-15, maxit=10000),
                   list(optimizer="optim", optmethod="Nelder-Mead", reltol=1e-15, maxit=20000))
  found <- Filter(Negate(is.null), lapply(controls, function(control) tryCatch(run(control), error=function(e) NULL)))
  best <- found[[which.max(sapply(found, function(f) as.numeric(logLik(f))))]]
  # Rounded so that they are the same numbers in every program, and inside their bounds.
  extra <- list()
  if (best$withS) extra$sigma2 <- signif(best$sigma2 + 1e-3, 3)
  if (best$withG) { extra$tau2 <- signif(best$tau2 + 1e-3, 3); extra$rho <- round(best$rho * .9, 3) }
  fixed <- run(list(), extra)
  list(struct=struct, method=method, test=test, mods=deparse(mods), fit=shown(best), fixed=shown(fixed))
}

out <- list(programs=list(R=paste(R.version$major, R.version$minor, sep="."), metafor=as.character(packageVersion("metafor")),
                          clubSandwich=as.character(packageVersion("clubSandwich"))),
            simulated=list(), cases=list(), robust=list())
add <- function(name, data, with_v, ...) { out$cases[[name]] <<- c(list(data=data, with_v=with_v), fit(...)) }
keep <- function(name, d, rho=NULL) out$simulated[[name]] <<- c(as.list(d), list(rho=rho))

# nested effects -------------------------------------------------------------------
set.seed(1001)
n <- sample(1:6, 30, TRUE); study <- rep(1:30, n); k <- length(study)
d <- data.frame(study=study, estimate=sequence(n), region=c(1,2,3,4,5,6)[(study - 1) %/% 5 + 1])
d$x <- round(rnorm(k), 3); d$vi <- round(runif(k, .02, .2), 4)
V <- as.matrix(quiet(vcalc(vi, cluster=study, obs=estimate, data=d, rho=.6)))
d$yi <- round(.3 + .2*d$x + rnorm(6, 0, .2)[d$region] + rnorm(30, 0, .4)[study] + rnorm(k, 0, .25)
              + as.vector(t(chol(V)) %*% rnorm(k)), 4)
keep("nested", d, .6)
for (m in c("REML", "ML")) {
  add(paste("nested", m), "nested", FALSE, d, d$vi, ~1|study/estimate, method=m)
  add(paste("nested V", m), "nested", TRUE, d, V, ~1|study/estimate, method=m)
  add(paste("nested V mods", m), "nested", TRUE, d, V, ~1|study/estimate, method=m, mods=~x, test="t")
  add(paste("three levels", m), "nested", FALSE, d, d$vi, ~1|region/study/estimate, method=m)
}
add("one component", "nested", FALSE, within(d, estimate <- seq_len(k)), d$vi, ~1|estimate)

# no variance between studies: the estimate lies at the boundary --------------------
set.seed(1002)
d <- data.frame(study=rep(1:15, each=3), estimate=rep(1:3, 15), vi=round(runif(45, .05, .3), 4))
e <- rnorm(45, 0, .3); e <- e - ave(e, d$study)
d$yi <- round(.2 + e + rnorm(45, 0, sqrt(d$vi)), 4); d$yi <- round(d$yi - .7*(ave(d$yi, d$study) - mean(d$yi)), 4)
keep("boundary", d)
for (m in c("REML", "ML")) add(paste("boundary", m), "boundary", FALSE, d, d$vi, ~1|study/estimate, method=m)

# outcomes in studies ----------------------------------------------------------------
set.seed(1003)
d <- expand.grid(outcome=c("a", "b", "c"), study=1:30, stringsAsFactors=FALSE)[c("study", "outcome")]
d <- d[runif(nrow(d)) < .85, ]; k <- nrow(d); d$vi <- round(runif(k, .02, .15), 4)
V <- as.matrix(quiet(vcalc(vi, cluster=study, obs=outcome, data=d, rho=.4)))
G <- diag(c(.5, .3, .4)) %*% matrix(c(1, .6, .2, .6, 1, .5, .2, .5, 1), 3) %*% diag(c(.5, .3, .4))
u <- matrix(rnorm(90), 30) %*% chol(G)
o <- match(d$outcome, c("a", "b", "c"))
d$yi <- round(c(.2, .5, -.1)[o] + u[cbind(d$study, o)] + as.vector(t(chol(V)) %*% rnorm(k)), 4)
keep("outcomes", d, .4)
for (m in c("REML", "ML")) for (s in c("CS", "HCS", "UN"))
  add(paste("outcomes", s, m), "outcomes", TRUE, d, V, ~outcome|study, struct=s, method=m, mods=~outcome-1)
add("outcomes UN one mean", "outcomes", TRUE, d, V, ~outcome|study, struct="UN", test="t")
add("outcomes HCS no V", "outcomes", FALSE, d, d$vi, ~outcome|study, struct="HCS", mods=~outcome, test="t")

# several estimates of an outcome in a study: a structure and a component -------------
set.seed(1004)
d <- expand.grid(rep=1:2, outcome=c("a", "b"), study=1:25, stringsAsFactors=FALSE)[c("study", "outcome", "rep")]
d$estimate <- seq_len(nrow(d)); k <- nrow(d); d$vi <- round(runif(k, .02, .12), 4)
u <- matrix(rnorm(50), 25) %*% chol(matrix(c(.2, .06, .06, .1), 2)); o <- match(d$outcome, c("a", "b"))
d$yi <- round(c(.2, .5)[o] + u[cbind(d$study, o)] + rnorm(k, 0, .3) + rnorm(k, 0, sqrt(d$vi)), 4)
keep("both", d)
for (s in c("CS", "UN"))
  add(paste("both", s), "both", FALSE, d, d$vi, list(~outcome|study, ~1|estimate), struct=s, mods=~outcome)

# time points in studies --------------------------------------------------------------
set.seed(1005)
d <- expand.grid(time=1:4, study=1:25)[c("study", "time")]; d <- d[runif(100) < .85, ]; k <- nrow(d)
d$vi <- round(runif(k, .02, .15), 4)
V <- as.matrix(quiet(vcalc(vi, cluster=study, obs=time, data=d, rho=.5)))
u <- matrix(rnorm(100), 25) %*% chol(.2 * .7^abs(outer(1:4, 1:4, "-")))
d$yi <- round(.1 + .1*d$time + u[cbind(d$study, d$time)] + as.vector(t(chol(V)) %*% rnorm(k)), 4)
keep("times", d, .5)
for (m in c("REML", "ML")) add(paste("times AR", m), "times", TRUE, d, V, ~time|study, struct="AR", mods=~time, method=m)
add("times AR no V", "times", FALSE, d, d$vi, ~time|study, struct="AR", test="t")

# data sets of the reference folder ---------------------------------------------------
for (n in c("dat.assink2016", "dat.knapp2017", "dat.mccurdy2020", "dat.tannersmith2016")) {
  d <- reference(n)
  for (m in c("REML", "ML")) add(paste(n, m), n, FALSE, d, d$vi, ~1|study/estimate, method=m)
  V <- as.matrix(quiet(vcalc(vi, cluster=study, obs=estimate, data=d, rho=.5)))
  add(paste(n, "V"), n, TRUE, d, V, ~1|study/estimate)  # V: correlation .5 in a study, not stored
  for (mods in list(NULL, list("dat.assink2016", "year"), list("dat.tannersmith2016", "aget1"),
                    list("dat.knapp2017", "difficulty"))) {
    if (!is.null(mods) && mods[[1]] != n) next
    dd <- if (is.null(mods)) d else d[complete.cases(d[[mods[[2]]]]), ]
    form <- if (is.null(mods)) ~1 else as.formula(paste("~", mods[[2]]))
    f <- quiet(rma.uni(yi, vi, mods=form, data=dd, method="REML", control=list(threshold=1e-12, tol=1e-12, maxiter=10000)))
    one <- quiet(robust(f, cluster=dd$study, clubSandwich=FALSE))
    two <- quiet(coef_test(f, vcov="CR2", cluster=dd$study, test="Satterthwaite"))
    ci <- quiet(conf_int(f, vcov="CR2", cluster=dd$study, test="Satterthwaite"))
    out$robust[[paste(c(n, mods[[2]]), collapse=" ")]] <- list(data=n, mod=mods[[2]], tau2=f$tau2,
      CR1=list(b=as.vector(one$beta), se=one$se, stat=one$zval, p=one$pval, df=one$ddf[1], lb=one$ci.lb, ub=one$ci.ub),
      CR2=list(b=two$beta, se=two$SE, stat=two$tstat, df=two$df_Satt, p=two$p_Satt, lb=ci$CI_L, ub=ci$CI_U,
               vcov=unname(as.matrix(quiet(vcovCR(f, type="CR2", cluster=dd$study)))[, , drop=FALSE])))
  }
}
cat(toJSON(out, digits=I(15), auto_unbox=TRUE, null="null", na="null"), "\n")
