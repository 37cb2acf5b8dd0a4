/* The likelihood of AR(1)-GARCH(1,1), its slope, its expected information and its minimisation, compiled: the twin of
   engine/garch/likelihood.py and bfgs.py, which say what is meant. Arguments as in engine/garch/_likelihood.pyi.

   A series is gone over once forwards and, for the slope, once backwards, LANES series side by side in vector
   registers. Nothing is ever added up across lanes, contracted or reordered (-ffp-contract=off, no fast-math): a series
   gets the same bits in any company. Everything but module.c knows nothing of Python. */

#ifndef CELLWARDEN_LIKELIHOOD_H
#define CELLWARDEN_LIKELIHOOD_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define LANES 4
typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double))));
#pragma GCC diagnostic ignored "-Wpsabi" /* no lanes are handed from one library to another */
#else
#define LANES 1 /* the same code, one series at a time */
typedef double lanes;
#endif

enum { CONSTANT, AR, OMEGA, ALPHA, BETA, SIZE };

typedef double vector[SIZE];
typedef double matrix[SIZE][SIZE];

/* Series of `length` points each, and `rows` (k) of them to work on; a series may come up more than once. */
typedef struct {
    const double *now, *before, *used, *backcast, *count;
    const int64_t *row;
    ptrdiff_t length, rows;
} Problem;

/* What is worked on side by side. */
typedef struct {
    const double *now[LANES], *before[LANES], *used[LANES];
    lanes backcast, found[SIZE];
} Group;

typedef struct {
    double slope, gain;
    int evaluations;
} Limits;

/* The series of the rows at `place`, with the natural parameters `found`. */
Group group_of(const Problem *problem, const ptrdiff_t place[LANES], const double *const found[LANES]);

/* Half the sum of log variance + squared error / variance, and its slope by the natural parameters. work: 3 * length. */
void evaluate(const Group *group, ptrdiff_t length, lanes *work, double value[LANES], vector slope[LANES]);

/* The expected information of that sum in the natural parameters (Fisher scoring). */
void inform(const Group *group, ptrdiff_t length, matrix out[LANES]);

/* The minima of the mean negative log-likelihood from the free parameters `start` (k), with first inverse Hessians. */
void minimise_all(const Problem *problem, const vector *start, const matrix *metric, Limits limits, lanes *work,
                  vector *point, double *value, uint8_t *converged);

#endif
