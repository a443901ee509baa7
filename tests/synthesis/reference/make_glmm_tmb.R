# The models that metafor 3.8-1 fits for UM.RS (rma.glmm: the whole one, and of its tests of heterogeneity the common
# and the saturated one, arms coded 1 and 0), by a third program: Laplace's approximation by glmmTMB with exact
# derivatives, its optimum polished by Newton's method, its Hessian by Richardson's extrapolation of the gradient.
# Usage: Rscript make_glmm_tmb.R metafor OUT.json
suppressMessages({library(glmmTMB); library(jsonlite); library(numDeriv)})

# The fixed part as text, and the random terms; a variance that is none is left out, its logarithm has no maximum.
polished <- function(fixed, random, data) {
  fit <- suppressWarnings(glmmTMB(as.formula(paste(c(fixed, random), collapse=" + ")), family=binomial, data=data))
  o <- fit$obj; p <- fit$fit$par
  none <- exp(2 * p[names(p) == "theta"]) < 1e-7
  if (any(none)) {
    inner <- polished(fixed, random[!none], data)
    variance <- rep(0, length(random)); variance[!none] <- inner$variance; inner$variance <- variance
    return(inner)
  }
  o$env$silent <- TRUE; o$env$tracemgc <- FALSE
  o$env$inner.control$tol <- 1e-12; o$env$inner.control$tol10 <- 0
  # An effect that runs to infinity moves by at most one at a time; its gradient vanishes on the way.
  for (i in 1:12) {
    step <- tryCatch(solve(jacobian(o$gr, p), c(o$gr(p))), error=function(e) 0 * p)
    p <- p - pmin(1, pmax(-1, step))
  }
  stopifnot(max(abs(o$gr(p))) < 1e-7)
  list(b=unname(p[names(p) == "beta"]), variance=exp(2 * unname(p[names(p) == "theta"])), ll=-as.numeric(o$fn(p)),
       hessian=jacobian(o$gr, p))
}

args <- commandArgs(TRUE)
out <- list(programs=list(R=as.character(getRversion()), glmmTMB=as.character(packageVersion("glmmTMB"))), fits=list())
for (file in sort(list.files(args[1], pattern="json.gz$", full.names=TRUE))) {
  d <- fromJSON(gzfile(file))
  if (is.null(d$glmm[["UM.RS"]])) next
  r <- as.data.frame(d$raw); r <- r[r$ai + r$ci > 0 & r$bi + r$di > 0, ]; k <- nrow(r)  # as metafor's drop00
  data <- data.frame(xi=c(rbind(r$ai, r$ci)), mi=c(rbind(r$bi, r$di)), arm=rep(1:0, k), half=rep(c(.5, -.5), k),
                     study=factor(rep(1:k, each=2)))
  common <- polished("cbind(xi, mi) ~ arm", "(1 | study)", data)
  whole <- polished("cbind(xi, mi) ~ arm", c("(1 | study)", "(half - 1 | study)"), data)
  X <- model.matrix(~ -1 + arm + study:arm, data)
  data$X <- X[, qr(X)$pivot[1:k]]
  saturated <- polished("cbind(xi, mi) ~ X", "(1 | study)", data)
  own <- 3:(k + 1); H <- saturated$hessian  # of an infinite effect all but singular, so it is not inverted
  precision <- H[own, own] - H[own, -own] %*% solve(H[-own, -own], H[-own, own])
  out$fits[[d$dataset]] <- list(b=whole$b[2], se=sqrt(solve(whole$hessian)[2, 2]), sigma2=whole$variance[1], tau2=whole$variance[2], ll=whole$ll,
    QE_Wld=c(saturated$b[own] %*% precision %*% saturated$b[own]),
    QE_LRT=2 * (saturated$ll - common$ll))
}
writeLines(toJSON(out, digits=I(12), auto_unbox=TRUE, pretty=TRUE), args[2])
