# Works out again, from panel.csv and in base R alone, the estimates, p values and gaps by year of this folder, and compares.
#
#     Rscript replicate.R
#
# Ends with status 0 where every figure agrees to 1 part in 1,000,000, 1 where one differs. Nothing need be installed. It is
# written to be read beside README.md. A placebo is an assignment of authorities to the adopters' slots (s, g): s is the first
# year touched by adoption, g the first year exposed. The interval and the band are left to replicate.py.

AGREE <- 1e-6   # largest difference, relative for figures above 1
TIE <- 1e-9     # relative difference below which two estimates are as far from nought as each other
OPEN <- 1e-9    # eigenvalue, beside the largest, below which the figures leave a direction open

script <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
folder <- if (length(script)) dirname(gsub("~+~", " ", script[1], fixed = TRUE)) else "."

# ---------------------------------------------------------------------------------------------------- what is read

# One file of the folder; codes stay text.
read_table <- function(name) {
  file <- file.path(folder, name)
  heading <- scan(file, "", nlines = 1, sep = ",", quiet = TRUE)
  text <- c("key", "value", "set", "area_code", "partner", "adopters", "member", "partners", "placebos", "family_placebos")
  text <- c(if (name == "settings.csv") text else setdiff(text, "value"), grep("^slot_", heading, value = TRUE))
  kinds <- ifelse(heading %in% text, "character", NA)
  read.csv(file, colClasses = kinds, na.strings = "", encoding = "UTF-8", check.names = FALSE)
}

panel <- read_table("panel.csv")
outcomes <- read_table("outcomes.csv")
effects <- read_table("effects.csv")
events <- read_table("event_study.csv")
authorities <- read_table("authorities.csv")
tests <- read_table("tests.csv")
assignments <- read_table("placebos.csv")
rows <- read_table("settings.csv")
chosen <- setNames(ifelse(is.na(rows$value), "", rows$value), rows$key)

# The sample of one outcome: N authorities (rows, in order of code) by T years, of which n hold the slots.
case_of <- function(outcome) {
  cells <- panel[panel$outcome == outcome & panel$group != "Left out", ]
  cells <- cells[order(cells$area_code, cells$year, method = "radix"), ]
  codes <- unique(cells$area_code)
  years <- sort(unique(cells$year))
  grid <- function(column) matrix(column, length(codes), length(years), byrow = TRUE)
  seen <- grid(cells$role != "not used")
  first <- cells[!duplicated(cells$area_code), ]
  holders <- which(first$group == "Adopters")
  region <- rep("", length(codes))
  if (chosen["estimator.year_effects"] == "region") region <- authorities$region[match(codes, authorities$area_code)]
  last <- if ("treatment.lag_last" %in% names(chosen)) as.numeric(chosen["treatment.lag_last"]) else Inf
  case <- list(
    codes = codes, years = years, y = ifelse(seen, grid(as.numeric(cells$value)), 0), seen = seen,
    weight = as.numeric(first$weight), region = region, s = first$s[holders], g = first$g[holders], adopters = holders,
    lag_first = as.numeric(chosen["treatment.lag_first"]), lag_last = last
  )
  case$before <- outer(case$s, years, function(s, year) year < s)  # n x T
  case$exposed <- outer(case$g, years, function(g, year) year >= g)
  case$effect <- outer(case$g, years, function(g, year) year >= g + case$lag_first & year <= g + last)
  case$last_before <- outer(case$s, years, function(s, year) year == s - 1)
  case$partners <- partners_of(outcome, case)
  case
}

# Who is compared with whom, one N x N table a slot; NULL where everyone without a slot is compared.
partners_of <- function(outcome, case) {
  name <- outcomes$partners[outcomes$outcome == outcome]
  if (is.na(name)) return(NULL)
  pairs <- read_table("partners.csv")
  pairs <- pairs[pairs$set == name, ]
  lapply(seq_along(case$s), function(k) {
    mine <- pairs[pairs$s == case$s[k] & pairs$g == case$g[k], ]
    near <- matrix(FALSE, length(case$codes), length(case$codes))
    near[cbind(match(mine$area_code, case$codes), match(mine$partner, case$codes))] <- TRUE
    near
  })
}

# N: who is compared when these rows hold the slots.
compared_with <- function(case, holders) {
  found <- rep(is.null(case$partners), length(case$codes))
  for (k in seq_along(holders)) if (!is.null(case$partners)) found <- found | case$partners[[k]][holders[k], ]
  found[holders] <- FALSE
  found
}

# D x n rows of one set of placebos, and whether they are all there are.
placebos_of <- function(set, case) {
  mine <- assignments[assignments$set == set & assignments$assignment > 0, ]
  slots <- as.matrix(mine[paste0("slot_", seq_along(case$s))])
  list(rows = matrix(match(slots, case$codes), nrow(slots)), every = all(mine$how == "every"))
}

# ---------------------------------------------------------------------------------------------------- least squares

# What is left of T equations for the year effects once each authority's cells are measured from their own mean.
year_equations <- function(y, seen, weight) {
  count <- pmax(rowSums(seen), 1)
  used <- seen * weight
  left <- diag(colSums(used), ncol(seen)) - crossprod(used, seen / count)
  right <- colSums((y - rowSums(y * seen) / count) * used)
  parts <- eigen(left, symmetric = TRUE)
  closed <- parts$values > OPEN * max(parts$values, 1e-300)
  kept <- parts$vectors[, closed, drop = FALSE]
  list(right = right, inverse = kept %*% (t(kept) / parts$values[closed]), open = parts$vectors[, !closed, drop = FALSE])
}

# Means of the holders' gaps over each set of cells (a list of n x T), from the two-way fit to the untreated cells.
two_way_gaps <- function(case, holders, base_years, meant, each_once = FALSE) {
  compared <- compared_with(case, holders)
  top <- below <- numeric(length(meant))
  left_open <- logical(length(meant))
  for (region in unique(case$region[holders])) {
    held <- which(case$region[holders] == region)
    mine <- case$seen[holders[held], , drop = FALSE] & base_years[held, , drop = FALSE]
    others <- which(compared & case$region == region)
    rows <- c(holders[held], others)
    fit <- year_equations(case$y[rows, , drop = FALSE], rbind(mine, case$seen[others, , drop = FALSE]), case$weight[rows])
    y <- sweep(case$y[holders[held], , drop = FALSE], 2, as.vector(fit$inverse %*% fit$right))
    count <- pmax(rowSums(mine), 1)
    gap <- y - rowSums(y * mine) / count
    for (f in seq_along(meant)) {
      taken <- meant[[f]][held, , drop = FALSE] & case$seen[holders[held], , drop = FALSE] & rowSums(mine) > 0
      cells <- rowSums(taken)
      weight <- case$weight[holders[held]] / (if (each_once) pmax(cells, 1) else 1)
      top[f] <- top[f] + sum(gap * taken * weight)
      below[f] <- below[f] + sum(weight * cells)
      pull <- colSums(taken * weight) - colSums(mine / count * (weight * cells))
      left_open[f] <- left_open[f] | any(abs(pull %*% fit$open) > 1e-7 * max(abs(pull), 1e-300))
    }
  }
  ifelse(left_open | below <= 0, NA, top / below)
}

imputation <- function(case, holders) {
  base <- chosen["estimator.base"]
  if (!base %in% c("all_pre", "donut")) return(since_one_year(case, holders, as.numeric(base)))
  used <- case$before & (base == "all_pre" | !case$last_before)
  two_way_gaps(case, holders, used, list(case$effect), chosen["estimator.average"] == "authorities")
}

# Adds to c(top, below) one holder's change less the comparators' mean change.
one_change <- function(case, row, change, held, compared) {
  weight <- case$weight * (compared & held & case$region == case$region[row])
  if (!held[row] || !any(weight > 0)) return(c(0, 0))
  c(case$weight[row] * (change[row] - sum(change * weight) / sum(weight)), case$weight[row])
}

mean_of <- function(sums) if (sums[2] > 0) sums[1] / sums[2] else NA

since_one_year <- function(case, holders, years_before) {
  compared <- compared_with(case, holders)
  sums <- c(0, 0)
  for (k in seq_along(holders)) for (b in which(case$years == case$s[k] - years_before)) for (t in which(case$effect[k, ])) {
    both <- case$seen[, t] & case$seen[, b]
    sums <- sums + one_change(case, holders[k], case$y[, t] - case$y[, b], both, compared)
  }
  mean_of(sums)
}

two_by_two <- function(case, holders) {
  compared <- compared_with(case, holders)
  sums <- c(0, 0)
  mean_over <- function(cells) rowSums(case$y * cells) / pmax(rowSums(cells), 1)
  for (k in seq_along(holders)) {
    after <- sweep(case$seen, 2, case$effect[k, ], "&")
    before <- sweep(case$seen, 2, case$before[k, ], "&")
    held <- rowSums(after) > 0 & rowSums(before) > 0
    sums <- sums + one_change(case, holders[k], mean_over(after) - mean_over(before), held, compared)
  }
  mean_of(sums)
}

two_way <- function(case, holders) {
  compared <- compared_with(case, holders)
  sums <- c(0, 0)
  for (region in unique(case$region[holders])) {
    slots <- which(case$region[holders] == region)
    rows <- c(holders[slots], which(compared & case$region == region))
    exposed <- matrix(0, length(rows), length(case$years))
    exposed[seq_along(slots), ] <- case$effect[slots, ]
    seen <- case$seen[rows, , drop = FALSE]
    seen[seq_along(slots), ] <- seen[seq_along(slots), , drop = FALSE] & (case$effect | case$before)[slots, , drop = FALSE]
    fit <- year_equations(exposed, seen, case$weight[rows])
    left <- sweep(exposed, 2, as.vector(fit$inverse %*% fit$right)) * seen
    left <- (left - rowSums(left) / pmax(rowSums(seen), 1)) * seen * case$weight[rows]
    sums <- sums + c(sum(left * case$y[rows, ]), sum(left * exposed))
  }
  if (sums[2] > OPEN * sum(case$weight[holders])) sums[1] / sums[2] else NA
}

callaway_santanna <- function(case, holders) {
  compared <- compared_with(case, holders)
  cohort <- paste(case$s, case$g)
  sums <- c(0, 0)
  for (each in unique(cohort)) {
    members <- holders[cohort == each]
    k <- which(cohort == each)[1]
    for (b in which(case$last_before[k, ])) for (t in which(case$effect[k, ])) {
      both <- case$seen[, t] & case$seen[, b]
      others <- compared
      if (chosen["estimator.comparison"] == "not_yet") others[holders[case$s > case$years[t]]] <- TRUE
      mine <- seq_along(both) %in% members & both
      others <- others & both
      if (!any(mine) || !any(others)) next
      change <- case$y[, t] - case$y[, b]
      apart <- weighted.mean(change[mine], case$weight[mine]) - weighted.mean(change[others], case$weight[others])
      sums <- sums + sum(case$weight[members]) * c(apart, 1)
    }
  }
  mean_of(sums)
}

# Mean over the cells of the effect of coefficients of dummies, one a label, beside authority and year effects. The holders'
# cells are the rows of a design matrix; authority effects are taken out of it, then year effects.
mean_coefficient <- function(case, holders, label) {
  n <- length(holders)
  years <- length(case$years)
  others <- which(compared_with(case, holders))
  mine <- case$seen[holders, , drop = FALSE] & (case$before | case$exposed)
  label[!mine | case$last_before] <- NA
  names <- sort(unique(as.vector(label)))
  if (!length(names)) return(NA)
  rows <- c(holders, others)
  fit <- year_equations(case$y[rows, ], rbind(mine, case$seen[others, , drop = FALSE]), case$weight[rows])
  cells <- as.vector(mine) * 1
  weight <- rep(case$weight[holders], years) * cells
  design <- outer(as.vector(label), names, function(a, b) (!is.na(a) & a == b) * 1)
  authority <- rep(seq_len(n), years)
  design <- design - (rowsum(design, authority) / pmax(rowSums(mine), 1))[authority, , drop = FALSE] * cells
  by_year <- rowsum(design * weight, rep(seq_len(years), each = n))
  left <- crossprod(design, design * weight) - crossprod(by_year, fit$inverse %*% by_year)
  right <- crossprod(design, weight * as.vector(case$y[holders, ])) - crossprod(by_year, fit$inverse %*% fit$right)
  found <- solved_where_closed(left, right, colSums(design^2 * weight))
  meant <- as.vector(mine & case$effect) * rep(case$weight[holders], years)
  share <- vapply(names, function(name) sum(meant[which(as.vector(label) == name)]), 0)
  told <- !is.na(found) & share > 0
  if (any(told)) sum(found[told] * share[told]) / sum(share[told]) else NA
}

# Solution of left b = right, NA for the unknowns that it leaves open.
solved_where_closed <- function(left, right, size) {
  scale <- suppressWarnings(ifelse(diag(left) > OPEN * size, sqrt(diag(left)), Inf))
  none <- is.infinite(scale)
  unit <- left / outer(scale, scale)
  unit[cbind(which(none), which(none))] <- 1
  parts <- eigen((unit + t(unit)) / 2, symmetric = TRUE)
  closed <- parts$values > OPEN
  kept <- parts$vectors[, closed, drop = FALSE]
  found <- as.vector(kept %*% (crossprod(kept, right / scale) / parts$values[closed])) / scale
  found[none | rowSums(parts$vectors[, !closed, drop = FALSE]^2) > OPEN] <- NA
  found
}

event_times <- function(case) outer(case$g, case$years, function(g, year) year - g)

event_study <- function(case, holders) mean_coefficient(case, holders, event_times(case))

sun_abraham <- function(case, holders) {
  cohort <- as.numeric(factor(paste(case$s, case$g)))
  mean_coefficient(case, holders, event_times(case) + 10000 * cohort)
}

estimators <- list(
  imputation = imputation, two_by_two = two_by_two, two_way = two_way, callaway_santanna = callaway_santanna,
  event_study = event_study, sun_abraham = sun_abraham
)

# -------------------------------------------------------------------------------------------- synthetic comparators

# Years before and after that each slot uses: those in which the adopter, and half of the others, have a figure.
years_used <- function(case, k) {
  told <- colMeans(case$seen[-case$adopters, , drop = FALSE]) >= 0.5 & case$seen[case$adopters[k], ]
  list(before = told & case$before[k, ], after = told & case$effect[k, ])
}

# The estimate from weights.csv; replicate.py also works the weights out again.
from_weights <- function(case, outcome) {
  weights <- read_table("weights.csv")
  weights <- weights[weights$outcome == outcome, ]
  sums <- c(0, 0)
  for (adopters in unique(weights$adopters)) {
    part <- weights[weights$adopters == adopters, ]
    rows <- match(strsplit(adopters, " ", fixed = TRUE)[[1]], case$codes)
    used <- years_used(case, match(rows[1], case$adopters))
    w <- numeric(length(case$codes))
    w[match(part$member[part$kind == "authority"], case$codes)] <- part$weight[part$kind == "authority"]
    own <- colSums(case$y[rows, , drop = FALSE] * case$weight[rows]) / sum(case$weight[rows])
    path <- own - as.vector(w %*% case$y)
    if (any(part$kind == "year")) {
      u <- numeric(length(case$years))
      u[match(part$member[part$kind == "year"], case$years)] <- part$weight[part$kind == "year"]
      sums <- sums + sum(case$weight[rows]) * sum(used$after) * c(mean(path[used$after]) - sum(u * path), 1)
    } else {
      sums <- sums + case$weight[rows] * c(mean(path[used$after]), 1)
    }
  }
  mean_of(sums)
}

# ------------------------------------------------------------------------------------------------------- comparison

stored <- here <- numeric(0)
label <- character(0)
add <- function(what, one, other) {
  label <<- c(label, what)
  stored <<- c(stored, as.numeric(one))
  here <<- c(here, as.numeric(other))
}

for (i in seq_len(nrow(outcomes))) {
  outcome <- outcomes$outcome[i]
  cat(outcome, "...\n")
  case <- case_of(outcome)
  effect <- effects[effects$outcome == outcome, ]
  chance <- placebos_of(outcomes$placebos[i], case)
  name <- chosen["estimator.name"]
  if (name %in% names(estimators)) {
    estimate <- estimators[[name]](case, case$adopters)
    placebo <- apply(chance$rows, 1, function(rows) estimators[[name]](case, rows))
    placebo <- placebo[!is.na(placebo)]
  } else {
    estimate <- from_weights(case, outcome)
    solved <- read_table("placebo_estimates.csv")
    solved <- solved[solved$outcome == outcome & solved$set == outcomes$placebos[i] & solved$assignment > 0, ]
    placebo <- solved$estimate[!is.na(solved$estimate) & !is.na(solved$response)]
  }
  far <- sum(abs(placebo) >= abs(estimate) * (1 - TIE))
  p <- if (chance$every) far / length(placebo) else (1 + far) / (1 + length(placebo))
  add(paste(outcome, "estimate"), effect$estimate, estimate)
  by_placebos <- if (chosen["inference.name"] == "permutation") "permutation" else "size_matched"
  if (outcomes$method[i] == by_placebos) {
    add(paste(outcome, "p_value"), effect$p_value, p)
  } else {
    cat("  the stored p is by", outcomes$method[i], "and not worked out here; by placebos p is", format(p), "\n")
  }
  beside <- tests[tests$outcome == outcome & tests$method == by_placebos, ]
  add(rep(paste(outcome, by_placebos, "p_value"), nrow(beside)), beside$p_value, rep(p, nrow(beside)))
  add(paste(outcome, "n_comparators"), effect$n_comparators, sum(compared_with(case, case$adopters)))
  shown <- events[events$outcome == outcome, ]
  meant <- lapply(shown$event_time, function(e) (case$before | case$exposed) & event_times(case) == e)
  add(paste(outcome, "gap at", shown$event_time), shown$estimate, two_way_gaps(case, case$adopters, case$before, meant))
}

apart <- ifelse(is.na(stored) & is.na(here), 0, abs(stored - here) / pmax(1, abs(stored)))
wrong <- is.na(apart) | apart > AGREE
options(width = 200) # a row a line
compared <- data.frame(
  figure = label, stored = format(stored, digits = 10), here = format(here, digits = 10),
  difference = format(apart, digits = 2)
)
if (any(wrong)) compared$mark <- ifelse(wrong, "DIFFERS", "")
print(compared, row.names = FALSE, right = FALSE)
cat("\n", length(label), " figures compared; largest difference ", format(max(apart), digits = 2), ".\n", sep = "")
cat(if (any(wrong)) paste(sum(wrong), "differ: the folder is not as it was made.\n") else "All agree.\n")
if (!interactive()) quit(status = if (any(wrong)) 1 else 0)

# ----------------------------------------------------------------------------------------------------- not run here
# For those who have the packages fixest and did; nothing below has been run with this folder. Estimates answer to
# estimator.name two_way, event_study, sun_abraham and callaway_santanna; default standard errors are not to be trusted
# with few adopters.
if (FALSE) {
  mine <- panel[panel$outcome == outcomes$outcome[1] & panel$role %in% c("untreated", "exposed"), ]
  mine$exposed <- as.numeric(mine$role == "exposed")
  mine$cohort <- ifelse(is.na(mine$g), 10000, mine$g)
  mine$event <- ifelse(is.na(mine$g), -1000, mine$year - mine$g)
  mine$number <- match(mine$area_code, unique(mine$area_code))

  fixest::feols(value ~ exposed | area_code + year, mine, weights = ~weight, cluster = ~area_code)         # two_way
  fixest::feols(value ~ i(event, ref = c(-1, -1000)) | area_code + year, mine, weights = ~weight)         # event_study
  fixest::feols(value ~ sunab(cohort, year) | area_code + year, mine, weights = ~weight)                  # sun_abraham

  mine$first <- ifelse(is.na(mine$g), 0, mine$g)                                                          # callaway_santanna
  found <- did::att_gt("value", "year", "number", "first", data = mine, control_group = "nevertreated", weightsname = "weight")
  did::aggte(found, type = "simple")
}
