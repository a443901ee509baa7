# The shipped network with the dossier's three trials that count responders, as netmeta fits it.
# Rscript make_joined.R TABLE.csv OUT.json
suppressMessages({library(netmeta); library(jsonlite)})
arguments <- commandArgs(TRUE)
net <- read.csv(arguments[1], comment.char = "#")
net$study <- as.character(net$study)
# Responders and people with the toxin and with salt water; half a person is added where a cell is empty.
a <- c(9, 17, 6); n <- c(15, 33, 11); b <- c(2, 6, 0); m <- c(15, 41, 19)
half <- ifelse(b == 0, 0.5, 0)
own <- data.frame(
  study = c("wollmer2012", "finzi2014", "magid2014"), treat1 = "botulinum toxin", treat2 = "Placebo",
  te = log((a + half) / (n - a + half)) - log((b + half) / (m - b + half)),
  se = sqrt(1 / (a + half) + 1 / (n - a + half) + 1 / (b + half) + 1 / (m - b + half))
)
fit <- netmeta(te, se, treat1, treat2, study, data = rbind(net, own), sm = "OR", reference.group = "Placebo",
               method.tau = "DL")
named <- function(x) as.list(x["botulinum toxin", fit$trts])
ranks <- netrank(fit, small.values = "bad")
out <- list(
  netmeta = as.character(packageVersion("netmeta")), tau2 = fit$tau2,
  te_common = named(fit$TE.common), se_common = named(fit$seTE.common),
  te_random = named(fit$TE.random), se_random = named(fit$seTE.random),
  p_score = as.list(ranks$Pscore.random)
)
write(toJSON(out, auto_unbox = TRUE, digits = I(15), pretty = TRUE), arguments[2])
