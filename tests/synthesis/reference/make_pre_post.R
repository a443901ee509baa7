# Changes from before to after by R's metafor: reference for tests/synthesis/test_effect_size.py.
# Usage: Rscript make_pre_post.R > pre_post.json
# The numbers of the rows are made up; they differ in size, sign, spread and correlation.
suppressMessages({library(metafor); library(jsonlite)})
raw <- list(
  m1i  = c(30.6, 23.5, 0.5, 53.4, 35.6, -3.2, 101.25, 7),
  sd1i = c(15.0, 3.1, 0.1, 14.5, 4.7, 1.1, 22.5, 2),
  m2i  = c(38.5, 26.8, 0.7, 75.9, 36.0, -5.9, 88.75, 7),
  sd2i = c(11.6, 4.1, 0.1, 4.4, 4.6, 2.3, 30.25, 3),
  ni   = c(20, 50, 9, 10, 14, 3, 1250, 6),
  ri   = c(0.47, 0.64, 0.77, 0.89, 0.44, -0.6, 0.05, 0.999)
)
effects <- list()
for (m in c("MC", "SMCC", "SMCR")) {
  es <- do.call(escalc, c(list(measure = m), raw))
  effects[[m]] <- list(yi = as.vector(es$yi), vi = as.vector(es$vi))
}
versions <- list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor")))
cat(toJSON(list(versions = versions, raw = raw, effects = effects), digits = I(15), auto_unbox = TRUE, pretty = TRUE), "\n")
