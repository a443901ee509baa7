# Cases of R's metafor that its own data sets do not have: empty cells by every rule, other variances, ways back.
# Usage: Rscript make_escalc_cases.R > escalc_cases.json
# The numbers of the rows are made up. null stands for NA.
suppressMessages({library(metafor); library(jsonlite)})
tables <- list(ai = c(0, 5, 0, 10, 3), bi = c(10, 5, 12, 0, 7), ci = c(4, 0, 0, 9, 2), di = c(6, 8, 9, 0, 9))
rates <- list(x1i = c(0, 3, 0, 5), t1i = c(10, 20, 30, 22.5), x2i = c(4, 0, 0, 7), t2i = c(11, 12, 13, 14))
people <- list(xi = c(0, 3, 5, 41), ni = c(10, 20, 5, 977))
means <- list(m1i = c(10, 5, -3, 1e5), sd1i = c(2, 3, 1, 8e3), n1i = c(10, 20, 7, 311),
              m2i = c(8, 7, -2, 9e4), sd2i = c(2.5, 2, 1.5, 3e4), n2i = c(12, 19, 8, 54))
correlations <- list(ri = c(0.5, -0.3, 0.999, 0, 0.2), ni = c(10, 20, 5, 4, 50000))
cases <- list()
case <- function(measure, raw, ...) {
  es <- suppressWarnings(do.call(escalc, c(list(measure = measure, ...), raw)))
  cases[[length(cases) + 1]] <<- list(measure = measure, options = list(...), raw = raw,
                                     yi = as.vector(es$yi), vi = as.vector(es$vi))
}
for (group in list(list(c("OR", "RR", "RD", "AS", "PETO"), tables), list(c("IRR", "IRD"), rates),
                   list(c("PR", "PLN", "PLO", "PAS", "PFT"), people)))
  for (m in group[[1]]) for (to in c("only0", "all", "if0all", "none")) {
    case(m, group[[2]], to = to)
    for (add in c(0.5, 0.25)) case(m, group[[2]], to = to, add = add)
  }
case("RD", tables, vtype = "UB")
case("PR", people, vtype = "UB")
for (v in c("LS", "UB", "HO")) case("MD", means, vtype = v)
for (v in c("LS", "UB")) case("SMD", means, vtype = v)
for (v in c("LS", "HO")) case("ROM", means, vtype = v)
case("SMDH", means)
for (m in c("COR", "ZCOR")) case(m, correlations)
angles <- c(-0.1, 0, 0.05, 0.16, 0.2, 0.8, 1.3, 1.4, 1.5, 1.57, 1.6)
back <- list(
  list(measure = "PFT", values = angles, ni = list(20), back = sapply(angles, transf.ipft, ni = 20)),
  list(measure = "PFT", values = angles, ni = c(10, 20, 5),
       back = sapply(angles, function(x) transf.ipft.hm(x, targs = list(ni = c(10, 20, 5))))),
  list(measure = "PAS", values = angles, back = sapply(angles, transf.iarcsin)),
  list(measure = "PLO", values = c(-800, -2, 0, 3, 800), back = sapply(c(-800, -2, 0, 3, 800), transf.ilogit)),
  list(measure = "ZCOR", values = c(-2, 0, 0.5), back = sapply(c(-2, 0, 0.5), transf.ztor))
)
versions <- list(R = as.character(getRversion()), metafor = as.character(packageVersion("metafor")))
cat(toJSON(list(versions = versions, cases = cases, back = back), digits = I(15), auto_unbox = TRUE, na = "null"), "\n")
