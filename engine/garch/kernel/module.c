/* The functions of likelihood.h as the Python module engine.garch._likelihood. The GIL is released while they work. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <string.h>

#include "likelihood.h"

enum { NOW, BEFORE, USED, BACKCAST, COUNT, ROWS, POINT, METRIC, FIRST_OUT, SECOND_OUT, THIRD_OUT, BUFFERS };

static void release(Py_buffer buffer[BUFFERS])
{
    for (int i = 0; i < BUFFERS; i++)
        if (buffer[i].obj)
            PyBuffer_Release(&buffer[i]);
}

/* Whether the buffers that were given fit together, the results with `wide` bytes a row; else a ValueError is set. */
static int fits(const Py_buffer buffer[BUFFERS], const size_t wide[3], Problem *problem)
{
    const size_t series = (size_t)buffer[BACKCAST].len / sizeof(double), rows = (size_t)buffer[ROWS].len / sizeof(int64_t);
    const size_t length = series ? (size_t)buffer[NOW].len / sizeof(double) / series : 0;
    const size_t wanted[BUFFERS] = {
        [NOW] = series * length * sizeof(double),
        [BEFORE] = series * length * sizeof(double),
        [USED] = series * length * sizeof(double),
        [BACKCAST] = series * sizeof(double),
        [COUNT] = series * sizeof(double),
        [ROWS] = rows * sizeof(int64_t),
        [POINT] = rows * sizeof(vector),
        [METRIC] = rows * sizeof(matrix),
        [FIRST_OUT] = rows * wide[0],
        [SECOND_OUT] = rows * wide[1],
        [THIRD_OUT] = rows * wide[2],
    };
    *problem = (Problem){
        .now = buffer[NOW].buf, .before = buffer[BEFORE].buf, .used = buffer[USED].buf,
        .backcast = buffer[BACKCAST].buf, .count = buffer[COUNT].buf, .row = buffer[ROWS].buf,
        .length = (ptrdiff_t)length, .rows = (ptrdiff_t)rows,
    };
    int good = 1;
    for (int i = 0; i < BUFFERS; i++)
        good = good && (!buffer[i].obj || (size_t)buffer[i].len == wanted[i]);
    for (size_t k = 0; good && k < rows; k++)
        good = problem->row[k] >= 0 && (size_t)problem->row[k] < series;
    if (!good)
        PyErr_SetString(PyExc_ValueError, "the arrays do not fit together");
    return good;
}

/* Room for the passes over LANES series; a MemoryError is set where there is none. */
static lanes *work_space(const Problem *problem)
{
    lanes *work = PyMem_Malloc((size_t)(3 * problem->length + 1) * sizeof *work);
    if (!work)
        PyErr_NoMemory();
    return work;
}

/* The series from row `first` on; lanes beyond the last row repeat it. */
static Group group_from(const Problem *problem, const vector *found, ptrdiff_t first)
{
    ptrdiff_t place[LANES];
    const double *parameters[LANES];
    for (int i = 0; i < LANES; i++) {
        place[i] = first + i < problem->rows ? first + i : problem->rows - 1;
        parameters[i] = found[place[i]];
    }
    return group_of(problem, place, parameters);
}

static PyObject *value_and_slope(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer b[BUFFERS] = {0};
    Problem problem;
    lanes *work;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "y*y*y*y*y*y*w*w*", &b[NOW], &b[BEFORE], &b[USED], &b[BACKCAST], &b[ROWS],
                         &b[POINT], &b[FIRST_OUT], &b[SECOND_OUT])
        && fits(b, (size_t[]){sizeof(double), sizeof(vector), 0}, &problem) && (work = work_space(&problem))) {
        double *values = b[FIRST_OUT].buf;
        vector *slopes = b[SECOND_OUT].buf;
        Py_BEGIN_ALLOW_THREADS
        for (ptrdiff_t first = 0; first < problem.rows; first += LANES) {
            const Group group = group_from(&problem, b[POINT].buf, first);
            double value[LANES];
            vector slope[LANES];
            evaluate(&group, problem.length, work, value, slope);
            for (ptrdiff_t i = 0; i < LANES && first + i < problem.rows; i++) {
                values[first + i] = value[i];
                memcpy(slopes[first + i], slope[i], sizeof(vector));
            }
        }
        Py_END_ALLOW_THREADS
        PyMem_Free(work);
        result = Py_NewRef(Py_None);
    }
    release(b);
    return result;
}

static PyObject *information(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer b[BUFFERS] = {0};
    Problem problem;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "y*y*y*y*y*y*w*", &b[NOW], &b[BEFORE], &b[USED], &b[BACKCAST], &b[ROWS],
                         &b[POINT], &b[FIRST_OUT])
        && fits(b, (size_t[]){sizeof(matrix), 0, 0}, &problem)) {
        matrix *informations = b[FIRST_OUT].buf;
        Py_BEGIN_ALLOW_THREADS
        for (ptrdiff_t first = 0; first < problem.rows; first += LANES) {
            const Group group = group_from(&problem, b[POINT].buf, first);
            matrix found[LANES];
            inform(&group, problem.length, found);
            for (ptrdiff_t i = 0; i < LANES && first + i < problem.rows; i++)
                memcpy(informations[first + i], found[i], sizeof(matrix));
        }
        Py_END_ALLOW_THREADS
        result = Py_NewRef(Py_None);
    }
    release(b);
    return result;
}

static PyObject *minimise(PyObject *Py_UNUSED(module), PyObject *arguments)
{
    Py_buffer b[BUFFERS] = {0};
    Problem problem;
    Limits limits;
    lanes *work;
    PyObject *result = NULL;
    if (PyArg_ParseTuple(arguments, "y*y*y*y*y*y*y*y*ddiw*w*w*", &b[NOW], &b[BEFORE], &b[USED], &b[BACKCAST],
                         &b[COUNT], &b[ROWS], &b[POINT], &b[METRIC], &limits.slope, &limits.gain,
                         &limits.evaluations, &b[FIRST_OUT], &b[SECOND_OUT], &b[THIRD_OUT])
        && fits(b, (size_t[]){sizeof(vector), sizeof(double), 1}, &problem) && (work = work_space(&problem))) {
        Py_BEGIN_ALLOW_THREADS
        minimise_all(&problem, b[POINT].buf, b[METRIC].buf, limits, work, b[FIRST_OUT].buf, b[SECOND_OUT].buf,
                     b[THIRD_OUT].buf);
        Py_END_ALLOW_THREADS
        PyMem_Free(work);
        result = Py_NewRef(Py_None);
    }
    release(b);
    return result;
}

static PyMethodDef methods[] = {
    {"value_and_slope", value_and_slope, METH_VARARGS, NULL},
    {"information", information, METH_VARARGS, NULL},
    {"minimise", minimise, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef_Slot slots[] = {{0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "_likelihood", .m_methods = methods, .m_slots = slots,
};

PyMODINIT_FUNC PyInit__likelihood(void)
{
    return PyModuleDef_Init(&definition);
}
