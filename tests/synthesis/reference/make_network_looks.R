# What R's netmeta sees in the networks of a folder of contrasts (JSON files with an entry `contrasts`): detached
# designs, net heat, common-effect splits, random-walk contributions, adjusted funnels; and with metafor the full
# design-by-treatment model by REML. Usage: Rscript make_network_looks.R netmeta OUT.json
suppressMessages({library(netmeta); library(metafor); library(jsonlite)})
args <- commandArgs(TRUE)
quiet <- function(e) suppressMessages(suppressWarnings(e))
mat <- function(m) list(rows = rownames(m), cols = colnames(m),
                        values = unname(lapply(seq_len(nrow(m)), function(i) unname(m[i, ]))))

# netheat() only draws: what it hands to its drawing function is kept.
drawn <- NULL
assignInNamespace("va.image", function(...) {
  p <- parent.frame()
  drawn <<- list(change = -p$t1, hat = p$Hp)
  stop("captured")
}, "netmeta")
heat <- function(x, random) {
  drawn <<- NULL
  pdf(NULL)
  tryCatch(quiet(netheat(x, random = random, showall = TRUE)), error = function(e) NULL)
  dev.off()
  if (is.null(drawn)) NULL else lapply(drawn, mat)
}

# Independent contrasts of a study against its first arm, with their covariance.
basic <- function(d) {
  arms <- sort(unique(c(d$treat1, d$treat2)), method = "radix")
  v <- function(a, b) d$seTE[(d$treat1 == a & d$treat2 == b) | (d$treat1 == b & d$treat2 == a)]^2
  y <- function(a, b) {
    i <- which((d$treat1 == a & d$treat2 == b) | (d$treat1 == b & d$treat2 == a))
    if (d$treat1[i] == a) d$TE[i] else -d$TE[i]
  }
  rest <- arms[-1]
  V <- outer(rest, rest, Vectorize(function(a, b) {
    if (a == b) v(a, arms[1]) else (v(a, arms[1]) + v(b, arms[1]) - v(a, b)) / 2
  }))
  list(y = sapply(rest, y, b = arms[1]), V = V, treat = rest, base = arms[1], design = paste(arms, collapse = ":"))
}
full <- function(d) {
  s <- lapply(split(d, factor(d$studlab, unique(d$studlab))), basic)
  n <- lengths(lapply(s, function(x) x$y))
  y <- unlist(lapply(s, function(x) x$y)); V <- bldiag(lapply(s, function(x) x$V))
  study <- rep(names(s), n); treat <- unlist(lapply(s, function(x) x$treat))
  base <- rep(sapply(s, function(x) x$base), n); design <- rep(sapply(s, function(x) x$design), n)
  own <- paste(design, treat)
  if (!any(duplicated(own))) return(NULL)
  Z <- outer(own, unique(own), "==") + 0
  all <- sort(unique(c(base, treat)), method = "radix")
  X <- (outer(treat, all, "==") - outer(base, all, "=="))[, -1]
  # The likelihood is rma.mv's; its own search for the maximum stops at a few parts in a million.
  at <- function(t) quiet(rma.mv(y, V, mods = Z, intercept = FALSE, random = ~ treat | study, struct = "CS",
                                 rho = 0.5, tau2 = t, method = "REML"))
  best <- optimize(function(t) as.numeric(logLik(at(t))), c(0, 2), maximum = TRUE, tol = 1e-12)
  tau2 <- best$maximum
  M <- V + tau2 * outer(study, study, "==") * ifelse(diag(length(y)) == 1, 1, 0.5)
  q <- function(D) {
    W <- solve(M)
    r <- y - D %*% solve(t(D) %*% W %*% D, t(D) %*% W %*% y)
    drop(t(r) %*% W %*% r)
  }
  list(tau2 = tau2, q = q(X) - q(Z), df = ncol(Z) - ncol(X))
}

out <- list(versions = list(R = R.version.string, netmeta = as.character(packageVersion("netmeta")),
                            metafor = as.character(packageVersion("metafor"))), networks = list())
for (name in c("Senn2013", "Linde2015", "Dogliotti2014", "smokingcessation", "Stowe2010")) {
  j <- fromJSON(gzfile(file.path(args[1], paste0(name, ".json.gz"))))
  d <- as.data.frame(j$contrasts)
  x <- quiet(netmeta(d$TE, d$seTE, d$treat1, d$treat2, d$studlab, method.tau = "DL", tol.multiarm = 0.05,
                     tol.multiarm.se = 0.2))
  q <- quiet(decomp.design(x))
  s <- quiet(netsplit(x))
  order <- rev(sort(x$trts, method = "radix"))
  pdf(NULL)
  u <- quiet(funnel(x, order = order, pooled = "random", legend = FALSE))
  dev.off()
  e <- quiet(meta::metabias(meta::metagen(u$TE.adj, u$seTE, method.tau = "DL"), method = "Egger", k.min = 3))
  out$networks[[name]] <- list(
    detached = as.list(q$Q.inc.detach), heat_common = heat(x, FALSE), heat_random = heat(x, TRUE),
    split_common = list(comparison = s$comparison, direct = s$direct.common$TE, direct_se = s$direct.common$seTE,
                        indirect = s$indirect.common$TE, indirect_se = s$indirect.common$seTE, prop = s$prop.common,
                        diff_p = s$compare.common$p),
    random_walk = mat(quiet(netcontrib(x, method = "randomwalk"))$random),
    funnel = list(order = order, studlab = as.character(u$studlab), treat1 = u$treat1, treat2 = u$treat2,
                  adjusted = u$TE.adj, se = u$seTE, egger_t = unname(e$statistic), egger_p = e$p.value),
    full_reml = full(d))
}
writeLines(toJSON(out, digits = I(15), auto_unbox = TRUE, na = "null", null = "null", pretty = FALSE), args[2])
