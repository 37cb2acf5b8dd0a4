/* BFGS for one series at a time, LANES of them under way; step by step what engine/garch/bfgs.py does. */

#include "likelihood.h"

#include <math.h>
#include <string.h>

#define LOG_TWO_PI 1.83787706640934548356
#define EDGE 30.0
#define LONGEST 4.0

typedef struct {
    ptrdiff_t place; /* among the rows of the problem */
    vector point, tried, natural, gradient, direction;
    matrix inverse;
    double value, step;
    int evaluations, idle, busy, converged;
} Descent;

static double dot(const vector a, const vector b)
{
    double sum = 0.0;
    for (int i = 0; i < SIZE; i++)
        sum += a[i] * b[i];
    return sum;
}

static double largest(const vector a)
{
    double size = 0.0;
    for (int i = 0; i < SIZE; i++)
        if (!(fabs(a[i]) <= size)) /* NaN is the largest */
            size = fabs(a[i]);
    return size;
}

static int all_finite(const vector a)
{
    for (int i = 0; i < SIZE; i++)
        if (!isfinite(a[i]))
            return 0;
    return 1;
}

static double logistic(double x)
{
    return 1.0 / (1.0 + exp(-fmin(fmax(x, -EDGE), EDGE)));
}

static void to_natural(const vector point, vector natural)
{
    const double total = logistic(point[3]), share = logistic(point[4]);
    natural[CONSTANT] = point[0];
    natural[AR] = point[1];
    natural[OMEGA] = exp(fmin(fmax(point[2], -EDGE), 5.0));
    natural[ALPHA] = total * share;
    natural[BETA] = total * (1.0 - share);
}

/* The slope by the natural parameters becomes that by the free ones, per point. */
static void to_free(vector slope, const vector natural, double count)
{
    const double total = natural[ALPHA] + natural[BETA], share = natural[ALPHA] / total;
    const double to_total = slope[ALPHA] * share + slope[BETA] * (1.0 - share);
    const double to_share = (slope[ALPHA] - slope[BETA]) * total * share * (1.0 - share);
    slope[2] *= natural[OMEGA];
    slope[3] = to_total * total * (1.0 - total);
    slope[4] = to_share;
    for (int i = 0; i < SIZE; i++)
        slope[i] /= count;
}

static void look_downhill(Descent *d)
{
    for (int i = 0; i < SIZE; i++)
        d->direction[i] = -dot(d->inverse[i], d->gradient);
    if (dot(d->direction, d->gradient) >= 0.0)
        for (int i = 0; i < SIZE; i++)
            d->direction[i] = -d->gradient[i];
    const double size = largest(d->direction);
    for (int i = 0; size > LONGEST && i < SIZE; i++)
        d->direction[i] *= LONGEST / size;
    d->step = 1.0;
}

static void update_inverse(Descent *d, const vector move, const vector change)
{
    const double curvature = dot(move, change);
    if (!(curvature > 1e-10 * sqrt(dot(move, move)) * sqrt(dot(change, change))))
        return;
    vector along;
    for (int i = 0; i < SIZE; i++)
        along[i] = dot(d->inverse[i], change);
    const double weight = (1.0 + dot(change, along) / curvature) / curvature;
    for (int i = 0; i < SIZE; i++)
        for (int j = 0; j < SIZE; j++)
            d->inverse[i][j] += move[i] * move[j] * weight - (move[i] * along[j] + along[i] * move[j]) / curvature;
}

static void begin(Descent *d, ptrdiff_t place, const vector start, const matrix metric)
{
    memset(d, 0, sizeof *d);
    d->place = place;
    d->busy = 1;
    memcpy(d->point, start, sizeof d->point);
    memcpy(d->tried, start, sizeof d->tried);
    memcpy(d->inverse, metric, sizeof d->inverse);
    to_natural(d->tried, d->natural);
}

static void accept(Descent *d, double value, const vector slope, const Limits *limits)
{
    vector move, change;
    for (int i = 0; i < SIZE; i++) {
        move[i] = d->tried[i] - d->point[i];
        change[i] = slope[i] - d->gradient[i];
        d->gradient[i] = slope[i];
    }
    d->idle = d->value - value < limits->gain ? d->idle + 1 : 0;
    d->value = value;
    memcpy(d->point, d->tried, sizeof d->point);
    update_inverse(d, move, change);
    look_downhill(d);
    d->converged = largest(slope) < limits->slope || d->idle >= 3;
}

static void step_back(Descent *d, double value, double promised)
{
    const double curvature = isfinite(value) ? value - d->value - promised : INFINITY;
    const double shorter = -0.5 * promised / curvature;
    d->step *= isnan(shorter) ? 0.1 : fmin(fmax(shorter, 0.1), 0.5);
    if (d->step >= 1e-10)
        return;
    if (d->idle >= 100) { /* steepest descent is stuck too */
        d->converged = 1;
        return;
    }
    memset(d->inverse, 0, sizeof d->inverse);
    for (int i = 0; i < SIZE; i++)
        d->inverse[i][i] = 1e-3;
    look_downhill(d);
    d->idle = 100;
}

/* Takes note of the value and the slope at the point tried, and chooses the next one. */
static void advance(Descent *d, double value, const vector slope, const Limits *limits)
{
    if (d->evaluations++ == 0) {
        d->value = value;
        memcpy(d->gradient, slope, sizeof d->gradient);
        d->converged = largest(slope) < limits->slope;
        d->busy = isfinite(value);
        look_downhill(d);
    } else {
        double promised = 0.0;
        for (int i = 0; i < SIZE; i++)
            promised += d->step * d->direction[i] * d->gradient[i];
        if (isfinite(value) && all_finite(slope) && value <= d->value + 1e-4 * promised)
            accept(d, value, slope, limits);
        else
            step_back(d, value, promised);
    }
    d->busy = d->busy && !d->converged && d->evaluations < limits->evaluations;
    for (int i = 0; i < SIZE; i++)
        d->tried[i] = d->point[i] + d->step * d->direction[i];
    to_natural(d->tried, d->natural);
}

/* A lane that is done takes the next row; when there is none it goes on with what nobody looks at. */
void minimise_all(const Problem *problem, const vector *start, const matrix *metric, Limits limits, lanes *work,
                  vector *point, double *value, uint8_t *converged)
{
    Descent descents[LANES];
    ptrdiff_t next = 0, left = problem->rows;
    for (int i = 0; left > 0 && i < LANES; i++, next++) {
        const ptrdiff_t place = next < problem->rows ? next : 0;
        begin(&descents[i], place, start[place], metric[place]);
        descents[i].busy = next < problem->rows;
    }
    while (left > 0) {
        ptrdiff_t place[LANES];
        const double *found[LANES];
        double here[LANES];
        vector slope[LANES];
        for (int i = 0; i < LANES; i++) {
            place[i] = descents[i].place;
            found[i] = descents[i].natural;
        }
        const Group group = group_of(problem, place, found);
        evaluate(&group, problem->length, work, here, slope);
        for (int i = 0; i < LANES; i++) {
            Descent *d = &descents[i];
            if (!d->busy)
                continue;
            const double count = problem->count[problem->row[d->place]];
            to_free(slope[i], d->natural, count);
            advance(d, here[i] / count + 0.5 * LOG_TWO_PI, slope[i], &limits);
            if (d->busy)
                continue;
            memcpy(point[d->place], d->point, sizeof d->point);
            value[d->place] = d->value;
            converged[d->place] = (uint8_t)d->converged;
            left--;
            if (next < problem->rows) {
                begin(d, next, start[next], metric[next]);
                next++;
            }
        }
    }
}
