# Runs PhViD 1.0.8 on the made-up counts: its prior of all cells, its figures for every pair, and of these a drawn
# sample with the sum, the least and the greatest of every column. Its search ends some 1e-4 beside the maximum:
# `refined` is where its likelihood leads from there, in logarithms. The prior of seen pairs alone (`mixture`) is by a
# likelihood of our own, which the package does not have. LBE is only asked for the false discovery rate, not kept.
# Usage: Rscript make_phvid.R FOLDER_OF_PHVID_SOURCES made_up_counts.csv.gz SCORES.csv.gz SUMMARY.json
args <- commandArgs(TRUE)
for (name in c("as.PhViD", "GPS", "BCPNN", "PRR", "ROR")) source(file.path(args[1], paste0(name, ".R")))
LBE <- function(...) list(pi0 = 1)
database <- as.PhViD(read.csv(gzfile(args[2]), stringsAsFactors = TRUE))

gps <- GPS(database, RANKSTAT = 3, DECISION = 2, DECISION.THRES = 1)
prior <- gps$PARAM$PRIOR.PARAM
ranked <- list(
  log2_ebgm = gps, eb05 = GPS(database, RANKSTAT = 2, DECISION = 2, DECISION.THRES = 1, PRIOR.PARAM = prior),
  bcpnn_low = BCPNN(database, RANKSTAT = 2, DECISION = 2, DECISION.THRES = 1),
  log_prr_low = PRR(database, RANKSTAT = 2, DECISION = 2, DECISION.THRES = 1),
  log_ror_low = ROR(database, RANKSTAT = 2, DECISION = 2, DECISION.THRES = 1))
threshold <- c(log2_ebgm = 1, eb05 = 2, bcpnn_low = 0, log_prr_low = 0, log_ror_low = 0)
pair <- paste(database$L[, 1], database$L[, 2])
scores <- data.frame(drug = database$L[, 1], event = database$L[, 2])
for (name in names(ranked)) {
  all <- ranked[[name]]$ALLSIGNALS
  value <- all[[5]]
  value[!is.finite(value)] <- NA
  scores[[name]] <- value[match(pair, paste(all[[1]], all[[2]]))]
}

n <- database$data[, 1]
expected <- database$data[, 2] * database$data[, 3] / database$N
natural <- function(theta) c(exp(theta[1:4]), plogis(theta[5]))
begin <- c(log(prior[1:4]), qlogis(prior[5]))
climb <- function(loss) {
  theta <- begin
  for (again in 1:6) theta <- suppressWarnings(nlm(loss, theta, gradtol = 1e-9, steptol = 1e-12, iterlim = 1000))$estimate
  list(prior = natural(theta), log_likelihood = -loss(theta))
}
table <- xtabs(n ~ database$L[, 1] + database$L[, 2])
every <- outer(rowSums(table), colSums(table)) / database$N
all <- function(theta) .lik2NB(natural(theta), as.vector(table), as.vector(every))
seen <- function(theta) {
  a <- natural(theta)
  density <- function(n) a[5] * dnbinom(n, size = a[1], prob = a[2] / (a[2] + expected)) +
    (1 - a[5]) * dnbinom(n, size = a[3], prob = a[4] / (a[4] + expected))
  -sum(log(density(n)) - log1p(-density(0)))
}
refined <- climb(all); mixture <- climb(seen)

number <- function(x) paste(trimws(formatC(x, digits = 17, format = "g")), collapse = ", ")
column <- function(name) {
  x <- scores[[name]][!is.na(scores[[name]])]
  sprintf('  "%s": {"sum": %s, "least": %s, "greatest": %s, "missing": %d, "threshold": %s, "above": %d}', name,
          number(sum(x)), number(min(x)), number(max(x)), sum(is.na(scores[[name]])), threshold[[name]],
          sum(x > threshold[[name]]))
}
writeLines(c("{", sprintf(' "prior": [%s],', number(prior)), sprintf(' "code": %d,', gps$PARAM$CONVERGENCE),
             sprintf(' "log_likelihood": %s,', number(-all(begin))),
             sprintf(' "refined": [%s],', number(refined$prior)),
             sprintf(' "refined_log_likelihood": %s,', number(refined$log_likelihood)),
             sprintf(' "mixture": [%s],', number(mixture$prior)),
             sprintf(' "mixture_log_likelihood": %s,', number(mixture$log_likelihood)),
             sprintf(' "pairs": %d,', nrow(scores)), ' "columns": {',
             paste(vapply(names(ranked), column, ""), collapse = ",\n"), " }", "}"), args[4])
set.seed(20261129)
drawn <- sort(union(sample(nrow(scores), 4000), which(!complete.cases(scores))))
for (name in names(ranked)) scores[[name]] <- sub("NA", "", trimws(formatC(scores[[name]], digits = 15, format = "g")))
write.csv(scores[drawn, ], gzfile(args[3], compression = 9), row.names = FALSE, quote = FALSE)
