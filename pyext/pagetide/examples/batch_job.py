"""A nightly batch job with a cache that leaks.

A shop's catalogue (JSON) and, day after day, its orders (CSV) are written into a temporary directory, read back, added up and made
searchable.  Who makes memory grow, by construction (64-bit CPython, 40 days):

    remember       keeps 1,000 invoices a day of 24 lines each and never drops one: 3.4 MiB a day, 130 to 140 MiB in the end.  The leak.
    add_up_day     makes the numbers that the index keeps: 0.4 to 0.5 MiB a day
    index_order    keeps them in lists: 0.2 MiB a day
    load_catalogue reads the catalogue once: 6 to 9 MiB, part of it inside json
    forecast       takes 38 MiB every second day, and gives them back before it returns
    print_summary  takes 64 MiB every tenth day, and gives them back before it returns

What is temporary is dropped with `del` in the function that made it, so that rise and fall are charged to the same one; it is large
enough to be a mapping of its own, so that it leaves no holes that others fill.

The days of a run, and all that is in them, depend on --seconds alone (two days a second); a day that was done early waits, as a service would.
"""
import argparse
import array
import collections
import csv
import json
import math
import os
import random
import sys
import tempfile
import time

DAYS_A_SECOND = 2
ROWS_A_DAY = 45000
LARGE = 8
INVOICES_A_DAY = 1000
INVOICE_LINES = 24
CUSTOMERS = 4000
PRODUCTS = 12000
FORECAST_CELLS = 5000000
SUMMARY_BYTES = 64 << 20
WORDS = ["amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbor", "indigo", "juniper", "krill", "lagoon", "maple",
         "nectar", "opal", "pebble", "quartz", "reed", "sable", "tide", "umber", "violet", "willow", "yarrow", "zephyr"]

INVOICES = {}


def write_catalogue(path, rng):
    """Writes PRODUCTS products as JSON: number, name, price in cents, tags."""
    products = [{"number": number,
                 "name": " ".join(rng.choice(WORDS) for _ in range(3)),
                 "cents": rng.randrange(100, 100000),
                 "tags": [rng.choice(WORDS) for _ in range(4)]}
                for number in range(PRODUCTS)]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(products, file)
    del products


def load_catalogue(path):
    """{number: product} of the file that write_catalogue() wrote."""
    with open(path, encoding="utf-8") as file:
        return {product["number"]: product for product in json.load(file)}


def write_orders(path, day, rng):
    """Writes a day's orders as CSV: order, day, customer, product, quantity, note."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        for row in range(ROWS_A_DAY):
            out.writerow((day * ROWS_A_DAY + row, day, rng.randrange(CUSTOMERS), rng.randrange(PRODUCTS), 1 + row % 9,
                          WORDS[row % 25] + " " + rng.choice(WORDS)))


def index_order(index, order, note):
    """Adds an order to the index, {word: [order, …]}, for good."""
    for word in note.split(" "):
        index[word].append(order)


def remember(order, customer, name, cents):
    """Keeps the invoice of an order, in case that somebody asks for it.  Nobody ever does, and nothing is ever dropped."""
    lines = []
    for line in range(INVOICE_LINES):
        lines.append("Invoice %8d, line %2d, customer %4d: %-30.30s %8.2f" % (order, line, customer, name, cents / 100))
    INVOICES[order] = lines


def add_up_day(path, catalogue, index):
    """{customer: cents} of the orders in PATH, read one by one.  Large orders go to the index, some of them to remember()."""
    totals = collections.defaultdict(int)
    invoices = 0
    with open(path, newline="", encoding="utf-8") as file:
        for order, _, customer, product, quantity, note in csv.reader(file):
            product = catalogue[int(product)]
            totals[int(customer)] += product["cents"] * int(quantity)
            if int(quantity) >= LARGE:
                index_order(index, int(order), note)
                if invoices < INVOICES_A_DAY:
                    remember(int(order), int(customer), product["name"], product["cents"])
                    invoices += 1
    return totals


def forecast(totals):
    """Cents that the next day may bring, by a table of all customers and hours that is much larger than it ought to be."""
    table = array.array("d", [0.0]) * FORECAST_CELLS
    width = FORECAST_CELLS // CUSTOMERS
    for customer, cents in totals.items():
        table[customer * width:(customer + 1) * width] = array.array("d", [cents / width]) * width
    result = int(math.fsum(table))
    del table
    return result


def print_summary(day, index):
    """Prints how large the index is, out of a text that is much larger than it ought to be."""
    text = " " * SUMMARY_BYTES
    words = ", ".join("%s %d" % (word, len(orders)) for word, orders in sorted(index.items())[:3])
    print("day %3d  summary of %d characters: %s, ..." % (day, text.count(" "), words), flush=True)
    del text


def run(days, directory, index):
    """Does the job of DAYS days."""
    rng = random.Random(1)
    catalogue_path, orders_path = os.path.join(directory, "catalogue.json"), os.path.join(directory, "orders.csv")
    write_catalogue(catalogue_path, rng)
    catalogue = load_catalogue(catalogue_path)
    for day in range(1, days + 1):
        end = time.monotonic() + 1 / DAYS_A_SECOND
        write_orders(orders_path, day, rng)
        totals = add_up_day(orders_path, catalogue, index)
        print("day %3d  %.2f by %d customers" % (day, sum(totals.values()) / 100, len(totals)), flush=True)
        if day % 2 == 0:
            print("day %3d  forecast %.2f" % (day, forecast(totals) / 100), flush=True)
        if day % 10 == 0:
            print_summary(day, index)
        time.sleep(max(0.0, end - time.monotonic()))


def main():
    parser = argparse.ArgumentParser(description="A nightly batch job with a cache that leaks.")
    parser.add_argument("--seconds", type=float, default=20, help="how long, about (%(default)s)")
    days = max(1, round(parser.parse_args().seconds * DAYS_A_SECOND))
    index = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as directory:
        run(days, directory, index)
    print("%d days, %d invoices kept" % (days, len(INVOICES)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
