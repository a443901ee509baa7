# R's side of network_peers.py: prints when each task begins (with how many units of work) and when it ends.
arguments <- commandArgs(TRUE)
folder <- arguments[1]
counts <- as.integer(arguments[-1]); refits <- list(DL=counts[1], REML=counts[2]); fits <- counts[3]; most <- counts[4]
for (package in c("netmeta", "bayesmeta", "metafor"))
  if (!suppressMessages(suppressWarnings(requireNamespace(package, quietly=TRUE)))) {
    cat("missing R's", package, "is\n"); quit(status=0)
  }
suppressMessages({ library(metafor); library(meta); library(netmeta); library(bayesmeta) })
versions <- sapply(c("netmeta", "bayesmeta", "metafor"), function(p) paste(p, packageVersion(p)))
cat("version", R.version$version.string, paste(",", versions, collapse=""), "\n")
read <- function(name) as.matrix(read.csv(file.path(folder, name), header=FALSE))
d <- read.csv(file.path(folder, "network.csv"), colClasses=c(study="character"))
drawn <- read("refits.csv"); yi <- read("yi.csv"); vi <- read("vi.csv"); tau2 <- read("tau2.csv")[1]

quiet <- function(work) suppressMessages(suppressWarnings(work))
timed <- function(task, units, work, warm=TRUE, rounds=most) {
  if (warm) quiet(work(1))
  found <- vector("list", units)
  for (round in seq_len(rounds)) {
    cat("begin", task, units, "\n"); flush(stdout())
    for (i in seq_len(units)) found[[i]] <- quiet(work(i))
    cat("end ", task, "\n", sep=""); flush(stdout())
  }
  found
}
fit <- function(method, te=d$te, ...)
  netmeta(te, d$se, d$treat1, d$treat2, d$study, sm="OR", method.tau=method, prediction=TRUE,
          tol.multiarm=0.05, tol.multiarm.se=0.2, ...)
whole <- function(method) { f <- fit(method); list(f, netrank(f, small.values="good")) }
bayesian <- function(i, ...)
  bayesmeta(yi[i, ], sqrt(vi[i, ]), tau.prior=function(t) dhalfnormal(t, scale=0.5), ...)

fitted <- list(DL=timed("fit DL", 1, function(i) whole("DL")), REML=timed("fit REML", 1, function(i) whole("REML")))
refitted <- lapply(c(DL="DL", REML="REML"), function(method)
  timed(paste("refit", method), refits[[method]], function(i) fit(method, drawn[i, ]), warm=FALSE))
f <- fitted$DL[[1]][[1]]
s <- timed("split", 3, function(i) netsplit(f))[[1]]
shortest <- timed("shortest", 1, function(i) netcontrib(f, method="shortestpath", common=FALSE), warm=FALSE, rounds=1)[[1]]
once <- timed("bayes", 3, function(i) bayesian(1))
many <- timed("bayes many", fits, bayesian, warm=FALSE)

# Results, with all digits.
shown <- function(b) list(summary=t(b$summary[1:6, c("mu", "tau", "theta")]), theta=b$theta[3:8, ])
js <- function(x) {
  if (is.list(x)) return(paste0("{", paste0("\"", names(x), "\": ", sapply(x, js), collapse=", "), "}"))
  if (is.matrix(x)) return(paste0("[", paste(apply(x, 1, function(r) js(as.numeric(r))), collapse=", "), "]"))
  paste0("[", paste(ifelse(is.finite(x), sprintf("%.17g", x), "null"), collapse=", "), "]")
}
network <- function(f) list(tau2=f$tau^2, te=f$TE.random, se=f$seTE.random, low=f$lower.predict, high=f$upper.predict,
                            p_score=netrank(f, small.values="good")$ranking.random, q=c(f$Q, f$Q.heterogeneity, f$Q.inconsistency))
# REML with the correlation within studies: netmeta, given no arms, leaves it out of tau2.
basic <- function() {
  reference <- sort(unique(c(d$treat1, d$treat2)))[1]; others <- setdiff(sort(unique(c(d$treat1, d$treat2))), reference)
  keep <- unlist(lapply(split(seq_len(nrow(d)), factor(d$study, unique(d$study))), function(rows) {
    first <- d$treat1[rows[1]]; rows[d$treat1[rows] == first | d$treat2[rows] == first] }))
  first <- ave(d$treat1, d$study, FUN=function(x) x[1])[keep]; e <- d[keep, ]
  sign <- ifelse(e$treat1 == first, 1, -1); other <- ifelse(sign > 0, e$treat2, e$treat1)
  X <- sapply(others, function(o) (first == o) - (other == o))
  V <- diag(e$se^2)
  for (i in seq_along(keep)) for (j in seq_along(keep)) if (i != j && e$study[i] == e$study[j]) {
    between <- d$study == e$study[i] & ((d$treat1 == other[i] & d$treat2 == other[j]) | (d$treat1 == other[j] & d$treat2 == other[i]))
    V[i, j] <- (e$se[i]^2 + e$se[j]^2 - d$se[between]^2) / 2
  }
  e$contrast <- factor(seq_along(keep)); e$effect <- sign * e$te
  quiet(rma.mv(effect, V, mods=~ X - 1, random=~ contrast | study, struct="CS", rho=0.5, method="REML", data=e,
               control=list(reltol=1e-14)))$tau2
}
results <- list(
  "fit DL"=network(f), "fit REML"=network(fitted$REML[[1]][[1]]), "fit at our tau2"=network(quiet(fit("DL", tau.preset=sqrt(tau2)))),
  "metafor tau2"=list(tau2=basic()),
  "refit DL"=list(tau2=sapply(refitted$DL, function(f) f$tau^2), te=do.call(rbind, lapply(refitted$DL, function(f) f$TE.random[1, ])),
                  se=do.call(rbind, lapply(refitted$DL, function(f) f$seTE.random[1, ]))),
  split=list(direct=s$direct.random$TE, indirect=s$indirect.random$TE, p=s$compare.random$p),
  shortest=list(share=shortest$random),
  "bayes many"=list(summary=do.call(rbind, lapply(many, function(b) c(shown(b)$summary)))),
  "bayes tight"=shown(quiet(bayesian(1, delta=1e-4, epsilon=1e-9, rel.tol.integrate=1e-12, tol.uniroot=1e-12))))
labels <- list(split=s$comparison, shares_rows=rownames(shortest$random), shares_columns=colnames(shortest$random))
quoted <- function(x) paste0("[", paste0("\"", x, "\"", collapse=", "), "]")
body <- js(results)
body <- paste0(substr(body, 1, nchar(body) - 1), ", \"labels\": {",
               paste0("\"", names(labels), "\": ", sapply(labels, quoted), collapse=", "), "}}")
writeLines(body, file.path(folder, "results.json"))
