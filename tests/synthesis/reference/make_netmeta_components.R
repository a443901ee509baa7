# Component networks by R's netmeta: additive, with interactions, disconnected, and with components that are not
# identified. Usage: Rscript make_netmeta_components.R OUT.json
suppressMessages({library(netmeta); library(metadat); library(jsonlite)})
quiet <- function(e) suppressMessages(suppressWarnings(e))
d <- with(dat.linde2016, data.frame(studlab = as.character(id), treat1 = as.character(treat1),
                                    treat2 = as.character(treat2), te = lnOR, se = selnOR, stringsAsFactors = FALSE))
net <- function(d, ...) quiet(netmeta(te, se, treat1, treat2, studlab, data = d, sm = "OR", ...))
loose <- function(d, inactive) quiet(discomb(te, se, treat1, treat2, studlab, data = d, sm = "OR", inactive = inactive))
shown <- function(f) list(
  components = f$comps, te_common = f$Comp.common, se_common = f$seComp.common, te_random = f$Comp.random,
  se_random = f$seComp.random, treatments = f$trts, combination_common = f$Comb.common,
  combination_random = f$Comb.random, combination_se = f$seComb.random, q = f$Q.additive, q_df = f$df.Q.additive,
  q_p = f$pval.Q.additive, q_standard = f$Q.standard, q_standard_df = f$df.Q.standard, q_difference = f$Q.diff,
  q_difference_df = f$df.Q.diff, q_difference_p = f$pval.Q.diff, tau2 = f$tau^2, i2 = f$I2,
  not_identified = as.list(f$comps.unident))
case <- function(d, f, ...) list(data = as.list(d), ..., found = shown(f))

full <- net(d)
with_columns <- function(f, pairs, inactive) {
  C <- quiet(netcomb(f, inactive = inactive))$C.matrix
  for (pair in pairs) {
    C <- cbind(C, C[, pair[1]] * C[, pair[2]])
    colnames(C)[ncol(C)] <- paste(pair, collapse = "*")
  }
  C
}
psychotherapies <- c("Face-to-face PST", "Face-to-face interpsy", "Face-to-face CBT")
pairs <- lapply(psychotherapies, function(one) c(one, "SSRI"))

# Studies of drugs with each other, and of the rest with each other; what is added to a drug keeps them in touch.
talk <- function(x) grepl("face|CBT|UC", x) & !grepl("SSRI", x)
sides <- tapply(seq_len(nrow(d)), d$studlab, function(i) length(unique(talk(c(d$treat1[i], d$treat2[i])))))
apart <- d[d$studlab %in% names(sides)[sides == 1], ]
stopifnot(with(apart, netconnection(treat1, treat2, studlab))$n.subnets == 2)

# Two components that are never given but together, and one that every arm has.
blind <- data.frame(studlab = as.character(c(1, 2, 3, 4, 5, 6, 6, 6)),
                    treat1 = c("A + B", "C", "A + B + C", "D + E", "D + E", "C", "C", "D + E + F"),
                    treat2 = c("P", "P", "C", "D", "D + F", "P", "D + E + F", "P"),
                    te = c(0.4, 0.3, 0.35, 0.2, -0.1, 0.25, -0.2, 0.45),
                    se = c(0.2, 0.15, 0.25, 0.3, 0.2, 0.2, 0.25, 0.25),
                    stringsAsFactors = FALSE)
out <- list(
  versions = list(R = R.version.string, netmeta = as.character(packageVersion("netmeta")),
                  meta = as.character(packageVersion("meta")), metadat = as.character(packageVersion("metadat"))),
  additive = case(d, quiet(netcomb(full, inactive = "Placebo")), inactive = "Placebo", interactions = list()),
  interactions = case(d, quiet(netcomb(full, C.matrix = with_columns(full, pairs[1:2], "Placebo"))),
                      inactive = "Placebo", interactions = pairs[1:2]),
  saturated = case(d, quiet(netcomb(full, C.matrix = with_columns(full, pairs, "Placebo"))), inactive = "Placebo",
                   interactions = pairs),
  disconnected = case(apart, loose(apart, "Placebo"), inactive = "Placebo", interactions = list()),
  not_identified = case(blind, loose(blind, "P"), inactive = "P", interactions = list()))
writeLines(toJSON(out, digits = I(15), auto_unbox = TRUE, na = "null", null = "null", force = TRUE), commandArgs(TRUE)[1])
