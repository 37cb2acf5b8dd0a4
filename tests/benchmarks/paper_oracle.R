# The figures that preset `paper` is held to, from R itself; tests/benchmarks/paper.py starts it.
#
#   Rscript paper_oracle.R SERIES.csv LABELS.csv OUT.csv
#
# SERIES.csv: one column per cell, one row per hour, nothing missing; LABELS.csv: the same shape, 1 = anomalous. The first
# 70 % are the training part: models and the threshold with the fewest errors come from there, votes are judged on the
# rest. OUT.csv: one row per cell. Needs r-base-core r-cran-forecast r-cran-tseries r-cran-car (Debian).
suppressPackageStartupMessages({
  library(forecast)
  library(tseries)
  library(car)
})

arguments <- commandArgs(TRUE)
series <- read.csv(arguments[1], check.names = FALSE)
labels <- read.csv(arguments[2], check.names = FALSE)
set.seed(1)

rms <- function(x) sqrt(mean(x^2, na.rm = TRUE))

# The threshold with the fewest errors.
fewest <- function(score, label) {
  known <- !is.na(score)
  tried <- sort(unique(score[known]))
  tried[which.min(sapply(tried, function(x) mean((score[known] > x) != label[known])))]
}

rates <- function(said, label) c(accuracy = mean(said == label), fpr = sum(said & !label) / sum(!label))

rows <- NULL
for (name in names(series)) {
  y <- series[[name]]
  label <- labels[[name]] == 1
  n <- length(y)
  train <- seq_len(round(0.7 * n))
  test <- setdiff(seq_len(n), train)
  stretch <- cut(seq_len(n) - 0.5, round(seq(0, n, length.out = 55)))
  levene <- leveneTest(y ~ stretch)[1, "F value"]
  anova_f <- anova(lm(y ~ stretch))[1, "F value"]
  lambda <- BoxCox.lambda(y + 1)

  network <- nnetar(ts(y[train]), p = 29, size = 15)
  forecast_error <- abs(as.numeric(residuals(nnetar(ts(y), model = network))))
  seasonal <- nnetar(ts(y[train], frequency = 24))

  z <- BoxCox(y + 1, lambda)
  steps <- c(0, diff(z))
  drift <- mean(steps[train][-1])
  # BoxCox of a constant stretch or a stubborn optimiser must not end the table
  volatile <- abs(InvBoxCox(c(z[1], z[-n] + drift), lambda) - 1 - y)
  clusters <- kmeans(y, 2)
  small <- clusters$cluster == which.min(clusters$size)

  by_garch <- volatile > fewest(volatile[train], label[train])
  by_network <- forecast_error > fewest(forecast_error[train], label[train])
  first <- (by_garch | by_network | small)[test]
  second <- (by_garch & by_network & small)[test]
  one <- rates(first, label[test])
  all <- rates(second, label[test])
  rows <- rbind(rows, data.frame(
    cell = name, levene, anova = anova_f, lambda, in_sample = rms(residuals(network)), p = seasonal$p, P = seasonal$P,
    k = seasonal$size, in_sample_seasonal = rms(residuals(seasonal)), first_accuracy = one["accuracy"],
    first_fpr = one["fpr"], second_accuracy = all["accuracy"], second_fpr = all["fpr"]
  ))
}
write.csv(rows, arguments[3], row.names = FALSE)
