# The whole, the common and the saturated model with random study intercepts, as metafor 3.8-1 has lme4 fit them for
# UM.RS: once as it stands (inner tolerance 1e-7), and at 1e-13 to 1e-10. Of these the least is kept that lme4 bears
# and with which it uses the Hessian; where the Hessian has lost its sign to the finite differences, lme4 falls back
# on a variance without it (`without`). Usage: Rscript make_glmm_tight.R metafor OUT.json
suppressMessages({library(lme4); library(jsonlite)})
quiet <- function(e) suppressWarnings(suppressMessages(e))
wald <- function(fit, ...) {
  own <- -(1:2); v <- quiet(as.matrix(vcov(fit, ...)))[own, own]; b <- fixef(fit)[own]
  c(b %*% chol2inv(chol(v)) %*% b)
}
prepared <- function(r) {  # without studies that have no event or nothing else, as metafor's drop00
  r <- r[r$ai + r$ci > 0 & r$bi + r$di > 0, ]; k <- nrow(r)
  list(y=cbind(c(rbind(r$ai, r$ci)), c(rbind(r$bi, r$di))), study=factor(rep(1:k, each=2)), arm=rep(1:0, k),
       half=rep(c(.5, -.5), k), const=rep(1, 2 * k))
}
whole <- function(d, tolerance) {
  fit <- quiet(glmer(y ~ -1 + arm + const + (half||study), d, binomial, glmerControl(tolPwrss=tolerance)))
  v <- unlist(VarCorr(fit)); se <- function(...) unname(sqrt(diag(quiet(as.matrix(vcov(fit, ...))))[1]))
  list(tolerance=tolerance, b=unname(fixef(fit)[1]), se=se(), without=se(use.hessian=FALSE), sigma2=unname(v[1]),
       tau2=unname(v[2]), ll=as.numeric(logLik(fit)))
}
tests <- function(d, tolerance) {
  control <- glmerControl(tolPwrss=tolerance)
  X <- model.matrix(~ -1 + arm + const + study:arm, d)
  d$X <- X[, !is.na(coef(quiet(glm(d$y ~ -1 + X, family=binomial))))]
  common <- quiet(glmer(y ~ -1 + arm + const + (1|study), d, binomial, control))
  fit <- quiet(glmer(y ~ -1 + X + (1|study), d, binomial, control, start=c(sqrt(VarCorr(common)[[1]][1]))))
  list(tolerance=tolerance, QE_Wld=wald(fit), without=wald(fit, use.hessian=FALSE),
       QE_LRT=2 * as.numeric(logLik(fit) - logLik(common)))
}
tightest <- function(f, d, name) {
  tried <- lapply(10^-(13:10), function(tolerance) tryCatch(f(d, tolerance), error=function(e) NULL))
  tried <- Filter(Negate(is.null), tried)
  tried[[which.max(sapply(tried, function(x) abs(x[[name]] / x$without - 1) > 1e-9))]]  # the first, where none is
}
args <- commandArgs(TRUE)
out <- list(programs=list(R=as.character(getRversion()), lme4=as.character(packageVersion("lme4"))), fits=list())
for (file in sort(list.files(args[1], pattern="json.gz$", full.names=TRUE))) {
  d <- fromJSON(gzfile(file))
  if (is.null(d$glmm[["UM.RS"]])) next
  p <- prepared(as.data.frame(d$raw))
  out$fits[[d$dataset]] <- list(as_it_stands=list(whole=whole(p, 1e-7), tests=tests(p, 1e-7)),
                                tight=list(whole=tightest(whole, p, "se"), tests=tightest(tests, p, "QE_Wld")))
}
writeLines(toJSON(out, digits=I(12), auto_unbox=TRUE, pretty=TRUE), args[2])
