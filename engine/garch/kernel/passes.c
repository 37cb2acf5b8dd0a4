/* One pass over a series and back, LANES series side by side. */

#include "likelihood.h"

#include <math.h>
#include <string.h>

#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__linux__)
#define FOR_THE_PROCESSOR_FOUND __attribute__((target_clones("avx2", "default")))
#else
#define FOR_THE_PROCESSOR_FOUND
#endif

#define FACTORS 8 /* variances multiplied together before their exponent is put aside: 1e-38 to 1e38 is safe */
#define LOG_2 0.693147180559945309417

static inline lanes gathered(const double *const from[LANES], ptrdiff_t t)
{
    double each[LANES];
    lanes all;
    for (int i = 0; i < LANES; i++)
        each[i] = from[i][t];
    memcpy(&all, each, sizeof all);
    return all;
}

static inline double lane(const lanes *all, int i)
{
    double each[LANES];
    memcpy(each, all, sizeof each);
    return each[i];
}

Group group_of(const Problem *problem, const ptrdiff_t place[LANES], const double *const found[LANES])
{
    const double *backcast[LANES];
    Group group;
    for (int i = 0; i < LANES; i++) {
        const ptrdiff_t row = (ptrdiff_t)problem->row[place[i]];
        group.now[i] = problem->now + row * problem->length;
        group.before[i] = problem->before + row * problem->length;
        group.used[i] = problem->used + row * problem->length;
        backcast[i] = problem->backcast + row;
    }
    group.backcast = gathered(backcast, 0);
    for (int p = 0; p < SIZE; p++)
        group.found[p] = gathered(found, p);
    return group;
}

/* The exponents of `product`, which keeps what is between 1 and 2. */
static inline void put_aside(lanes *product, int64_t exponent[LANES])
{
    uint64_t bits[LANES];
    memcpy(bits, product, sizeof bits);
    for (int i = 0; i < LANES; i++) {
        exponent[i] += (int64_t)(bits[i] >> 52) - 1023;
        bits[i] = (bits[i] & UINT64_C(0x000fffffffffffff)) | UINT64_C(0x3ff0000000000000);
    }
    memcpy(product, bits, sizeof bits);
}

FOR_THE_PROCESSOR_FOUND
void evaluate(const Group *g, ptrdiff_t length, lanes *work, double value[LANES], vector slope[LANES])
{
    const lanes constant = g->found[CONSTANT], ar = g->found[AR];
    const lanes omega = g->found[OMEGA], alpha = g->found[ALPHA], beta = g->found[BETA];
    const lanes none = g->backcast * 0.0;
    lanes *errors = work, *variances = work + length, *inverses = work + 2 * length;
    lanes variance = g->backcast, square = g->backcast, total = none, product = none + 1.0;
    int64_t exponent[LANES] = {0};
    for (ptrdiff_t t = 0; t < length; t++) {
        const lanes used = gathered(g->used, t);
        const lanes error = (gathered(g->now, t) - constant - ar * gathered(g->before, t)) * used;
        variance = omega + alpha * square + beta * variance;
        const lanes inverse = 1.0 / variance;
        total += error * error * inverse;
        square = error * error + (1.0 - used) * variance; /* of a missing error: what is expected of it */
        product *= used * variance + (1.0 - used);
        if (t % FACTORS == FACTORS - 1)
            put_aside(&product, exponent);
        errors[t] = error;
        variances[t] = variance;
        inverses[t] = inverse;
    }

    lanes ahead = none; /* the slope by the variance of the point after */
    lanes to_constant = none, to_ar = none, to_omega = none, to_alpha = none, to_beta = none;
    for (ptrdiff_t t = length - 1; t >= 0; t--) {
        const lanes used = gathered(g->used, t), error = errors[t], inverse = inverses[t];
        const lanes to_error = error * (inverse + 2.0 * alpha * ahead);
        to_constant -= to_error;
        to_ar -= to_error * gathered(g->before, t);
        ahead = 0.5 * inverse * (used - error * error * inverse) + (beta + alpha * (1.0 - used)) * ahead;
        lanes earlier = g->backcast, last = g->backcast;
        if (t > 0) {
            earlier = variances[t - 1];
            last = errors[t - 1] * errors[t - 1] + (1.0 - gathered(g->used, t - 1)) * earlier;
        }
        to_omega += ahead;
        to_alpha += ahead * last;
        to_beta += ahead * earlier;
    }

    for (int i = 0; i < LANES; i++) {
        value[i] = isfinite(lane(&variance, i)) /* a variance that overflows stays so to the end */
            ? 0.5 * (lane(&total, i) + log(lane(&product, i)) + (double)exponent[i] * LOG_2)
            : NAN;
        slope[i][CONSTANT] = lane(&to_constant, i);
        slope[i][AR] = lane(&to_ar, i);
        slope[i][OMEGA] = lane(&to_omega, i);
        slope[i][ALPHA] = lane(&to_alpha, i);
        slope[i][BETA] = lane(&to_beta, i);
    }
}

FOR_THE_PROCESSOR_FOUND
void inform(const Group *g, ptrdiff_t length, matrix out[LANES])
{
    static const int place[9][2] = {
        {CONSTANT, CONSTANT}, {CONSTANT, AR}, {AR, AR},
        {OMEGA, OMEGA}, {OMEGA, ALPHA}, {OMEGA, BETA}, {ALPHA, ALPHA}, {ALPHA, BETA}, {BETA, BETA},
    };
    const lanes constant = g->found[CONSTANT], ar = g->found[AR];
    const lanes omega = g->found[OMEGA], alpha = g->found[ALPHA], beta = g->found[BETA];
    const lanes none = g->backcast * 0.0;
    lanes variance = g->backcast, square = g->backcast, factor = beta;
    lanes by_omega = none, by_alpha = none, by_beta = none, sums[9];
    for (int k = 0; k < 9; k++)
        sums[k] = none;
    for (ptrdiff_t t = 0; t < length; t++) {
        const lanes used = gathered(g->used, t), before = gathered(g->before, t);
        by_omega = 1.0 + factor * by_omega;
        by_alpha = square + factor * by_alpha;
        by_beta = variance + factor * by_beta;
        variance = omega + alpha * square + beta * variance;
        const lanes error = (gathered(g->now, t) - constant - ar * before) * used;
        square = error * error + (1.0 - used) * variance;
        factor = beta + alpha * (1.0 - used);
        const lanes weight = used / variance, half = 0.5 * weight * weight;
        sums[0] += weight;
        sums[1] += weight * before;
        sums[2] += weight * before * before;
        sums[3] += half * by_omega * by_omega;
        sums[4] += half * by_omega * by_alpha;
        sums[5] += half * by_omega * by_beta;
        sums[6] += half * by_alpha * by_alpha;
        sums[7] += half * by_alpha * by_beta;
        sums[8] += half * by_beta * by_beta;
    }
    memset(out, 0, LANES * sizeof *out);
    for (int i = 0; i < LANES; i++)
        for (int k = 0; k < 9; k++)
            out[i][place[k][0]][place[k][1]] = out[i][place[k][1]][place[k][0]] = lane(&sums[k], i);
}
