# The conditional exact model CM.EL: `metafor` is what rma.glmm gives as it stands; `polished` is metafor's own
# log-likelihood (.dnchg) with its own exact probabilities (dnoncenhypergeom, in place of BiasedUrn's, which are
# rounded to 1e-10), integrated to 1e-11, its optimum polished by Newton's method, its Hessian taken there.
# Usage: Rscript make_glmm_exact.R metafor OUT.json
suppressMessages({library(metafor); library(jsonlite); library(numDeriv)})
args <- commandArgs(TRUE)
out <- list(programs=list(R=as.character(getRversion()), metafor=as.character(packageVersion("metafor")),
                          BiasedUrn=as.character(packageVersion("BiasedUrn"))), fits=list())
newton <- function(f, p) { for (i in 1:4) p <- p - solve(hessian(f, p), grad(f, p)); p }
for (name in c("dat.collins1985b", "dat.egger2001", "dat.hahn2001", "dat.laopaiboon2015", "dat.lee2004")) {
  r <- as.data.frame(fromJSON(gzfile(file.path(args[1], paste0(name, ".json.gz"))))$raw)
  r <- r[r$ai + r$ci > 0 & r$bi + r$di > 0, ]; k <- nrow(r)
  fit <- suppressWarnings(rma.glmm(measure="OR", model="CM.EL", ai=ai, bi=bi, ci=ci, di=di, data=r))
  minus <- function(p, rows=1:k, random=TRUE) metafor:::.dnchg(p, ai=r$ai[rows], bi=r$bi[rows], ci=r$ci[rows],
    di=r$di[rows], X.fit=matrix(1, length(rows)), random=random, digits=list(fit=4, est=4, var=4),
    dnchgcalc="dnoncenhypergeom", dnchgprec=1e-10,
    intCtrl=list(lower=-Inf, upper=Inf, rel.tol=1e-11, subdivisions=1000L))
  none <- fit$tau2 < 1e-3  # metafor has the logarithm of tau2, which has no maximum where the variance is none
  f <- if (none) function(p) minus(c(p, 0), random=FALSE) else minus
  p <- newton(f, c(fit$beta, if (!none) log(fit$tau2)))
  common <- function(p) minus(c(p, 0), random=FALSE)
  inner <- which(r$ai > pmax(0, r$ai - r$di) & r$ai < pmin(r$ai + r$bi, r$ai + r$ci))  # others' own effect is infinite
  own <- sapply(inner, function(i) {
    f <- function(p) minus(c(p, 0), i, FALSE)
    b <- newton(f, with(r[i, ], log((ai + .5) * (di + .5) / (bi + .5) / (ci + .5))))
    c(b, hessian(f, b), f(b))
  })
  out$fits[[name]] <- list(
    metafor=list(b=as.vector(fit$beta), se=fit$se, tau2=fit$tau2, ll=as.numeric(logLik(fit)), QE_Wld=fit$QE.Wld,
                 QE_LRT=fit$QE.LRT),
    polished=list(b=p[1], se=sqrt(solve(hessian(f, p))[1, 1]), tau2=if (none) 0 else exp(p[2]), ll=-f(p),
                  QE_Wld=sum(own[2, ] * (own[1, ] - weighted.mean(own[1, ], own[2, ]))^2),
                  QE_LRT=2 * (common(newton(common, fit$beta)) - sum(own[3, ]))))
  cat(name, "\n")
}
writeLines(toJSON(out, digits=I(12), auto_unbox=TRUE, pretty=TRUE), args[2])
