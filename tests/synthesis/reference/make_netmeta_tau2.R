# The variance between studies of the reference's networks by (restricted) maximum likelihood, thrice:
# `diagonal`: metafor's rma.mv as netmeta 2.7 calls it when it is given contrasts alone, that is without the
#   covariances of contrasts that share an arm;  `full`: the same call with them, from the pairwise variances;
# `arms`: netmeta 2.7 itself, given the arms, from which it computes the covariances.
# Usage: R_LIBS=... Rscript make_netmeta_tau2.R netmeta OUT.json
suppressMessages({library(netmeta); library(metafor); library(jsonlite)})
args <- commandArgs(TRUE)
quiet <- function(e) suppressWarnings(suppressMessages(e))
get_data <- function(name) { e <- new.env(); data(list=name, package="netmeta", envir=e); get(name, e) }
arms <- list(
  Linde2015=function(d) pairwise(list(treatment1, treatment2, treatment3), event=list(resp1, resp2, resp3),
                                 n=list(n1, n2, n3), studlab=id, data=d, sm="OR"),
  Dogliotti2014=function(d) pairwise(treatment, event=stroke, n=total, studlab=study, data=d, sm="OR"),
  Stowe2010=function(d) pairwise(list(t1, t2, t3), n=list(n1, n2, n3), mean=list(y1, y2, y3),
                                 sd=list(sd1, sd2, sd3), studlab=study, data=d, sm="MD"),
  smokingcessation=function(d) pairwise(list(treat1, treat2, treat3), event=list(event1, event2, event3),
                                        n=list(n1, n2, n3), data=d, sm="OR"))
fit <- function(d, treatments, reference, covariances, method) {
  y <- NULL; X <- NULL; V <- list(); study <- NULL
  for (s in unique(d$studlab)) {
    own <- d[d$studlab == s, ]
    there <- treatments[treatments %in% c(own$treat1, own$treat2)]
    base <- if (reference %in% there) reference else rev(there)[1]
    against <- setdiff(there, base)
    variance <- function(a, b) own$seTE[(own$treat1 == a & own$treat2 == b) | (own$treat1 == b & own$treat2 == a)]^2
    v <- diag(sapply(against, variance, b=base), length(against))
    if (covariances) for (i in seq_along(against)) for (j in seq_along(against)) if (i != j)
      v[i, j] <- (v[i, i] + v[j, j] - variance(against[i], against[j])) / 2
    for (a in against) {
      forward <- own$TE[own$treat1 == a & own$treat2 == base]
      y <- c(y, if (length(forward)) forward else -own$TE[own$treat2 == a & own$treat1 == base])
      x <- setNames(numeric(length(treatments)), treatments); x[a] <- 1; x[base] <- -1
      X <- rbind(X, x[treatments != reference]); study <- c(study, s)
    }
    V[[length(V) + 1]] <- v
  }
  V <- as.matrix(bldiag(V))
  f <- NULL
  for (tolerance in 10^-(13:8)) if (is.null(f))  # the least that the optimiser bears
    f <- tryCatch(quiet(rma.mv(y, V, mods=X, intercept=FALSE, random=~ factor(id) | study, struct="CS", rho=.5,
                               method=method, data=data.frame(id=seq_along(y), study=study),
                               control=list(rel.tol=tolerance))), error=function(e) NULL)
  list(tau2=f$tau2, ll=as.numeric(logLik(f)), basic=colnames(X), b=as.vector(f$beta), se=f$se)
}
out <- list(programs=list(R=as.character(getRversion()), metafor=as.character(packageVersion("metafor")),
                          netmeta=as.character(packageVersion("netmeta"))), fits=list())
for (file in list.files(args[1], "json.gz$", full.names=TRUE)) {
  r <- fromJSON(gzfile(file)); name <- r$network; d <- as.data.frame(r$contrasts)
  reference <- if (is.null(r$reference)) r$DL$treatments[1] else r$reference
  for (m in c("REML", "ML")) {
    one <- list(reference=reference, diagonal=fit(d, r$DL$treatments, reference, FALSE, m),
                full=fit(d, r$DL$treatments, reference, TRUE, m))
    if (!is.null(arms[[name]])) {
      f <- quiet(netmeta(quiet(arms[[name]](get_data(name))), method.tau=m, reference.group=reference))
      one$arms <- list(tau2=f$tau^2)
    }
    out$fits[[name]][[m]] <- one
    cat(name, m, r[[m]]$tau2, one$diagonal$tau2, one$full$tau2, one$arms$tau2, "\n")
  }
}
writeLines(toJSON(out, digits=I(15), auto_unbox=TRUE, null="null"), args[2])
