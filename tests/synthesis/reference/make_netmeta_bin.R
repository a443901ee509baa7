# Arm-level data of metadat with what R's netmeta and meta make of them: all contrasts of each study, and
# Mantel-Haenszel networks. Usage: Rscript make_netmeta_bin.R OUT.json
suppressMessages({library(netmeta); library(metadat); library(jsonlite)})
quiet <- function(e) suppressMessages(suppressWarnings(e))
out <- list(versions = list(R = R.version.string, netmeta = as.character(packageVersion("netmeta")),
                            meta = as.character(packageVersion("meta")),
                            metadat = as.character(packageVersion("metadat"))))

# One row an arm.
long <- function(study, ...) {
  d <- data.frame(study = as.character(study), ..., stringsAsFactors = FALSE)
  d[complete.cases(d), ]
}
wide <- function(d, study, names) do.call(rbind, lapply(1:3, function(i)
  do.call(long, c(list(study), setNames(lapply(names, function(n) d[[paste0(n, i)]]), names(names))))))
linde <- wide(dat.linde2015, dat.linde2015$id, c(treatment = "treatment", events = "resp", n = "n"))
remission <- wide(dat.linde2015, dat.linde2015$id, c(treatment = "treatment", events = "remi", n = "n"))
stowe <- wide(dat.stowe2010, dat.stowe2010$study, c(treatment = "t", mean = "y", sd = "sd", n = "n"))
senn <- with(dat.senn2013, long(study, treatment = treatment, mean = mi, sd = sdi, n = ni))
smoking <- with(dat.hasselblad1998, long(study, treatment = trt, events = xi, n = ni))
stroke <- with(dat.dogliotti2014, long(id, treatment = treatment, events = stroke, n = total))
dong <- with(dat.dong2013, long(id, treatment = treatment, events = death, n = randomized))
gurusamy <- with(dat.gurusamy2011, long(study, treatment = treatment, events = death, n = n))
arms <- list(linde2015 = linde, linde2015_remission = remission, stowe2010 = stowe, senn2013 = senn,
             hasselblad1998 = smoking, dogliotti2014 = stroke, dong2013 = dong, gurusamy2011 = gurusamy)
out$arms <- lapply(arms, as.list)

contrasts <- function(d, sm) {
  a <- list(treat = quote(treatment), n = quote(n), studlab = quote(study), data = d, sm = sm)
  a <- c(a, if ("events" %in% names(d)) list(event = quote(events)) else list(mean = quote(mean), sd = quote(sd)))
  if (sm == "IRR") names(a)[names(a) == "n"] <- "time"
  p <- as.data.frame(quiet(do.call(pairwise, a)))[c("studlab", "treat1", "treat2", "TE", "seTE")]
  p[is.finite(p$TE) & is.finite(p$seTE), ]
}
out$contrasts <- list()
for (n in names(arms)) for (sm in if ("events" %in% names(arms[[n]])) c("OR", "RR", "IRR", "ASD") else
                            c("MD", "SMD", "ROM"))
  out$contrasts[[n]][[sm]] <- tryCatch(as.list(contrasts(arms[[n]], sm)), error = function(e) NULL)

mat <- function(m) list(treatments = rownames(m), values = unname(lapply(seq_len(nrow(m)), function(i) unname(m[i, ]))))
binary <- function(d) {
  p <- quiet(pairwise(treatment, event = events, n = n, studlab = study, data = d, sm = "OR"))
  f <- quiet(netmetabin(p, method = "MH"))
  list(te = mat(f$TE.common), se = mat(f$seTE.common), q = f$Q.inconsistency, q_df = f$df.Q.inconsistency,
       q_p = f$pval.Q.inconsistency, k = f$k, designs = f$d)
}
out$mh <- list(dong2013 = binary(dong), gurusamy2011 = binary(gurusamy), hasselblad1998 = binary(smoking),
               dogliotti2014 = binary(stroke), linde2015 = binary(linde), linde2015_remission = binary(remission))
writeLines(toJSON(out, digits = I(15), auto_unbox = TRUE, na = "null", null = "null", force = TRUE), commandArgs(TRUE)[1])
