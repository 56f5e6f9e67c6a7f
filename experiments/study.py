"""The driver of experiments: what is not done yet is computed, and kept run by run.

An experiment describes itself as a Study, and ends with ``command(STUDY, __doc__)``.
"""

import argparse
import multiprocessing
import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from tqdm import tqdm

from experiments import record
from experiments.record import folder_of, save, save_table


class Run:
    """A part of a study that fills a folder in results/: its ``result``, made with ``settings``.

    Where a network is trained, its training depends on its ``recipe`` and its ``seed`` alone.
    """

    @property
    def name(self):
        return Path(self.result).name

    @property
    def checkpoint(self):
        experiment = self.result.partition("/")[0]
        return folder_of(experiment, self.recipe) / f"{self.name}.safetensors"

    @property
    def parts(self):
        """The folder of what it has so far, where no network is trained in a process of its own: an
        interrupted run goes on from there, and work removes it once the run is done."""
        return folder_of(self.result, self.settings)

    @property
    def is_done(self):
        return record.is_done(self.result, self.settings)


@dataclass(frozen=True)
class Only(Run):
    """The run of a study that has one."""

    result: str
    settings: dict


@dataclass(frozen=True)
class Study:
    """What an experiment computes.

    name: of the experiment. runs() are its runs, the most telling first. data() is what all of them
    work on. measure(run, data) returns the arrays and the figures of a run.

    Where networks are trained, each in a process of its own, train(run, data, **bar) returns them
    and last the curves of the training, a list of dicts, one an epoch; measure then takes
    (run, *networks, curves, data), and keep(run, network) may store weights of a network that was
    measured. summary(runs) gives the rows of summary.csv for the runs that are done.
    """

    name: str
    runs: Callable
    data: Callable
    measure: Callable
    train: Callable | None = None
    keep: Callable | None = None
    summary: Callable | None = None


def only(name, settings):
    """The runs() of a study that has one: its name, and a function that gives its settings."""
    return lambda: [Only(name, settings())]


def work(study, run, position=0):
    """Do a run and save what it leaves. position: that of its progress bar."""
    started = time.perf_counter()
    data = study.data()
    if study.train is None:
        arrays, figures = study.measure(run, data)
    else:
        torch.set_num_threads(1)  # more would only wait for each other
        *networks, curves = study.train(run, data, position=position, leave=False)
        started = time.perf_counter() - sum(row["seconds"] for row in curves)
        arrays, figures = study.measure(run, *networks, curves, data)
        if study.keep:
            study.keep(run, networks[-1])
    save(run.result, arrays, figures, run.settings, started)
    shutil.rmtree(run.parts, ignore_errors=True)


def drive(study, jobs=1, anew=False):
    """Do those runs of the study that are not done yet, or all of them ``anew``, and sum them up.

    Where networks are trained, or ``jobs`` is more than 1, each run has a process of its own, so
    many at the same time.
    """
    runs = [run for run in study.runs() if anew or not run.is_done]
    if study.train is None and jobs == 1:
        for run in runs:
            work(study, run)
    else:
        in_processes(partial(work, study), runs, jobs, partial(write_summary, study))
    write_summary(study)


def done(study):
    """The runs of the study that are done."""
    return [run for run in study.runs() if run.is_done]


def write_summary(study):
    """results/<name>/summary.csv, of all runs that are done."""
    if study.summary:
        save_table(f"{study.name}/summary", study.summary(done(study)))


def in_processes(work, runs, jobs, after_each):
    """work(run, position) for each run, ``jobs`` of them at a time, each in a process of its own;
    position is that of its progress bar. after_each() is called as they end."""
    # glibc reads this when a process starts: it keeps the memory of a batch for the next one,
    # which saves a fifth of the time.
    os.environ |= {"MALLOC_MMAP_THRESHOLD_": "4000000000", "MALLOC_TRIM_THRESHOLD_": "4000000000"}
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        jobs, spawn, initializer=tqdm.set_lock, initargs=(spawn.RLock(),)
    ) as pool:
        futures = [pool.submit(work, run, 1 + k % jobs) for k, run in enumerate(runs)]
        for future in tqdm(as_completed(futures), "networks", len(futures), unit="network"):
            future.result()
            after_each()


def command_line(description):
    """A parser of the command line, with the description of the experiment."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def asked_jobs(description):
    """The command line's --jobs, a whole number of 1 or more."""
    parser = command_line(description)
    parser.add_argument("--jobs", type=int, default=1, help="networks trained at the same time")
    jobs = parser.parse_args().jobs
    if jobs < 1:
        parser.error(f"--jobs must be 1 or more, got {jobs}")
    return jobs


def command(study, description):
    """Drive the study as the command line says: networks that are done are left as they are,
    anything else is computed anew."""
    if study.train is None:
        command_line(description).parse_args()
        drive(study, anew=True)
    else:
        drive(study, asked_jobs(description))
