# bayesmeta on a finer grid than the stored reference (delta 1e-5, epsilon 1e-12, not 1e-3 and 1e-6) and with tight
# root finding, for the data set whose numbers that grid moves most. bayesmeta 3.3, R 4.2.
# Usage: Rscript make_bayesmeta_fine.R OUT bayesmeta/dat.hine1989.json.gz
suppressMessages({library(bayesmeta); library(jsonlite)})
args <- commandArgs(TRUE)
d <- fromJSON(gzfile(args[2]))
priors <- list(halfnormal_0.5 = function(t) dhalfnormal(t, scale = .5),
               halfcauchy_0.5 = function(t) dhalfcauchy(t, scale = .5),
               halft4_1 = function(t) dhalft(t, df = 4, scale = 1), uniform = "uniform")
probs <- c(.025, .05, .25, .5, .75, .95, .975)
x_mu <- c(-1, -.5, 0, .5)
x_tau <- c(.01, .1, .5, 1)
fits <- list()
for (p in names(priors)) for (m in c("flat", "normal_0_2")) {
  a <- list(y = d$yi, sigma = d$sei, labels = as.character(seq_along(d$yi)), tau.prior = priors[[p]],
            rel.tol.integrate = 1e-12, tol.uniroot = 1e-12, delta = 1e-5, epsilon = 1e-12)
  if (m != "flat") { a$mu.prior.mean <- 0; a$mu.prior.sd <- 2 }
  b <- suppressWarnings(do.call(bayesmeta, a))
  fits[[p]][[m]] <- list(
    summary = list(rows = rownames(b$summary), tau = b$summary[, "tau"], mu = b$summary[, "mu"],
                   theta_new = b$summary[, "theta"]),
    probs = probs, q_tau = sapply(probs, b$qposterior), q_mu = sapply(probs, function(q) b$qposterior(mu.p = q)),
    q_pred = sapply(probs, function(q) b$qposterior(theta.p = q, predict = TRUE)),
    dens_mu = list(x = x_mu, d = b$dposterior(mu = x_mu)), dens_tau = list(x = x_tau, d = b$dposterior(tau = x_tau)),
    shrink_mean = b$theta["mean", ], shrink_sd = b$theta["sd", ], marginal = b$marginal.likelihood)
}
writeLines(toJSON(list(dataset = d$dataset, yi = d$yi, sei = d$sei, fits = fits), digits = I(15), auto_unbox = TRUE,
                  na = "null", null = "null", force = TRUE), args[1])
