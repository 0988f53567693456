# A second opinion on the statistics, from R's spdep. Run once; its figures stand beside the tests that compare:
#
#   Rscript benchmarks/spdep_oracle.R EXAMPLES tests/spatial/reference
#
# EXAMPLES is the folder of libpysal's examples, so that both sides read the same districts and neighbours.
# Debian and Ubuntu: apt-get install --no-install-recommends r-cran-spdep r-cran-foreign
suppressMessages(library(spdep))
arguments <- commandArgs(trailingOnly = TRUE)
examples <- arguments[1]
target <- arguments[2]
# Neither localmoran_perm nor the p of localmoran_bv is taken: spdep 1.2-7 draws neighbours with replacement.
set.seed(1)

data <- foreign::read.dbf(file.path(examples, "columbus", "columbus.dbf"))
neighbours <- read.gal(file.path(examples, "columbus", "columbus.gal"), override.id = TRUE)
rows <- nb2listw(neighbours, style = "W")
binary <- nb2listw(neighbours, style = "B")
crime <- data$CRIME
value <- data$HOVAL

moran <- localmoran(crime, rows, conditional = TRUE)
g <- localG(crime, binary, return_internals = TRUE)
star <- localG(crime, nb2listw(include.self(neighbours), style = "B"), return_internals = TRUE)
high <- factor(ifelse(crime > median(crime), "high", "low"))
local <- data.frame(
  position = seq_along(crime) - 1,
  moran = moran[, "Ii"],
  moran_expected = moran[, "E.Ii"],
  moran_variance = moran[, "Var.Ii"],
  moran_z = moran[, "Z.Ii"],
  bivariate = localmoran_bv(crime, value, rows, nsim = 99)[, "Ibvi"],
  g = attr(g, "internals")[, 1],
  g_z = as.numeric(g),
  g_star = attr(star, "internals")[, 1],
  g_star_z = as.numeric(star),
  geary = localC(crime, rows),
  geary_two = localC(cbind(crime, value), rows)
)
write.csv(format(local, digits = 12), file.path(target, "spdep_columbus.csv"), row.names = FALSE, quote = FALSE)

random <- moran.test(crime, rows, randomisation = TRUE)
normal <- moran.test(crime, rows, randomisation = FALSE)
sids <- foreign::read.dbf(file.path(examples, "sids2", "sids2.dbf"))
links <- nb2listw(read.gal(file.path(examples, "sids2", "sids2.gal"), override.id = TRUE), style = "W")
smoothed <- EBest(sids$SID79, sids$BIR79)
city <- data.frame(
  name = c(
    "moran", "expected", "variance_randomisation", "variance_normality", "z", "p_greater",
    "sids_eb_moran"
  ),
  value = c(
    random$estimate[1:3], normal$estimate[3], random$statistic, random$p.value,
    EBImoran.mc(sids$SID79, sids$BIR79, links, nsim = 9)$statistic
  )
)
write.csv(format(city, digits = 12), file.path(target, "spdep_city.csv"), row.names = FALSE, quote = FALSE)
rates <- data.frame(position = seq_along(smoothed$estmm) - 1, smoothed = smoothed$estmm)
write.csv(format(rates, digits = 12), file.path(target, "spdep_sids.csv"), row.names = FALSE, quote = FALSE)
cat("spdep", format(packageVersion("spdep")), R.version.string, "\n")
