# The binomial-normal model with random study intercepts, as metafor 3.8-1 has lme4 fit it, with lme4's inner
# tolerance at 1e-10 in place of 1e-7. Usage: Rscript make_glmm_tight.R FOLDER_OF_METAFOR_REFERENCES OUT.json
suppressMessages({library(lme4); library(jsonlite)})
args <- commandArgs(TRUE)
out <- list(programs=list(R=as.character(getRversion()), lme4=as.character(packageVersion("lme4"))), fits=list())
for (file in sort(list.files(args[1], pattern="json$", full.names=TRUE))) {
  d <- fromJSON(file)
  if (is.null(d$glmm[["UM.RS"]])) next
  r <- d$raw; k <- length(r$ai)
  y <- cbind(c(r$ai, r$ci), c(r$bi, r$di)); study <- factor(rep(1:k, 2))
  half <- rep(c(.5, -.5), each=k); arm <- rep(1:0, each=k)
  fit <- tryCatch(suppressWarnings(suppressMessages(glmer(y ~ arm + (1|study) + (half-1|study), family=binomial,
    control=glmerControl(tolPwrss=1e-10)))), error=function(e) NULL)
  if (is.null(fit)) { cat(d$dataset, "refused\n"); next }
  v <- unlist(VarCorr(fit))
  out$fits[[d$dataset]] <- list(b=unname(fixef(fit)[2]), se=unname(sqrt(diag(as.matrix(vcov(fit))))[2]),
    sigma2=unname(v[1]), tau2=unname(v[2]), ll=as.numeric(logLik(fit)))
}
writeLines(toJSON(out, digits=I(12), auto_unbox=TRUE, pretty=TRUE), args[2])
