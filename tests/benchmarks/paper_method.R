# The hybrid of Mokhtari et al. (2022) step by step in R, for side-by-side runs; tests/benchmarks/speed.py starts it.
#
#   Rscript paper_method.R SERIES.csv OUT.csv
#
# SERIES.csv: one column per cell, one row per hour, no missing values; the first 70 % are the training part. OUT.csv:
# per cell the CPU seconds of each step; beside it OUT.csv.forecast.csv holds NNAR's one-step forecasts (columns as in
# SERIES). Needs r-base-core r-cran-forecast r-cran-tseries r-cran-car (Debian).
suppressPackageStartupMessages({
  library(forecast)
  library(tseries)
  library(car)
})

arguments <- commandArgs(TRUE)
series <- read.csv(arguments[1], check.names = FALSE)
set.seed(1)

cpu <- function(expression) {
  started <- sum(proc.time()[1:2])
  force(expression)
  sum(proc.time()[1:2]) - started
}

# Levene and ANOVA over 54 stretches, Box-Cox, and Levene again on the transformed series.
diagnose <- function(y, train) {
  stretch <- factor(rep(1:54, length.out = length(y))[order(rep(1:54, length.out = length(y)))])
  leveneTest(y ~ stretch)
  anova(lm(y ~ stretch))
  lambda <- BoxCox.lambda(y[train] + 1)
  leveneTest(BoxCox(y + 1, lambda) ~ stretch)
  lambda
}

# GARCH(1,1) of the differenced, transformed series; the forecast goes back through the transformation.
volatility <- function(y, train, lambda) {
  z <- BoxCox(y + 1, lambda)
  steps <- c(0, diff(z))
  drift <- mean(steps[train][-1])
  fitted <- garch(steps[train][-1] - drift, order = c(1, 1), trace = FALSE)
  abs(InvBoxCox(c(z[1], z[-length(z)] + drift), lambda) - 1 - y)
}

times <- NULL
forecasts <- list()
for (name in names(series)) {
  y <- series[[name]]
  train <- seq_len(floor(0.7 * length(y)))
  lambda <- NULL
  tests <- cpu(lambda <- diagnose(y, train))
  garch_cpu <- cpu(volatility(y, train, lambda))
  kmeans_cpu <- cpu(kmeans(y, 2))
  nnar_cpu <- cpu({
    network <- nnetar(ts(y[train]), p = 29, size = 15)
    again <- nnetar(ts(y), model = network)
  })
  in_sample <- sqrt(mean(residuals(network)^2, na.rm = TRUE))
  forecasts[[name]] <- as.numeric(fitted(again))
  times <- rbind(times, data.frame(cell = name, tests, garch = garch_cpu, kmeans = kmeans_cpu, nnar = nnar_cpu, in_sample))
}
write.csv(times, arguments[2], row.names = FALSE)
write.csv(as.data.frame(forecasts, check.names = FALSE), paste0(arguments[2], ".forecast.csv"), row.names = FALSE)
