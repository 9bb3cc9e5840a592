"""Runs the engine and its peers on the same instances and prints one table: quality and time.

usage: bench-peers.py KIT LNK FOLDER       (called by scripts/bench-peers)

KIT is the linkplan kit, LNK the built example program, FOLDER a place for instances. LIMIT (seconds, default 15) bounds
each run of an exact peer; EACH (default 12) is how many instances of a family are tried, EXACT (default 4) how many of
them by exact peers; FAMILY names one family. Approvals and tree of every peer are worked out by the kit; ours come from
`lnk --lex`, times without reading the file on both sides.
"""
import csv, math, os, statistics, subprocess, sys

KIT, LNK, FOLDER = sys.argv[1:4]
LIMIT = float(os.environ.get("LIMIT", 15))
MOST, MOST_EXACT = int(os.environ.get("EACH", 12)), int(os.environ.get("EXACT", 4))
sys.path.insert(0, KIT)
sys.argv = sys.argv[:1]
import baselines

APPROXIMATE = {
    "networkx": lambda *a: baselines.nx_steiner(*a),
    "rustworkx": lambda *a: baselines.nx_steiner(*a, which="rx"),
}
EXACT = {"HiGHS, flows": baselines.mcf_highs, "HiGHS, hitting sets": baselines.ihs}
# Exact peers do not finish on the larger families.
PEERS = {
    "hub 1000 3000": {**APPROXIMATE, **EXACT},
    "pair 500 2500": {**APPROXIMATE, **EXACT},
    "hub 5000 50000": APPROXIMATE,
    "pair 5000 50000": APPROXIMATE,
    "adv 200 400": {**APPROXIMATE, "HiGHS, hitting sets": baselines.ihs},
}


def ours(path):
    """(approvals, tree, milliseconds): the best of three runs."""
    runs = []
    for _ in range(3):
        with open(path) as text:
            run = subprocess.run([LNK, "--lex", "--time"], stdin=text, capture_output=True, text=True, check=True)
        cost, tree = (int(part) for part in run.stdout.strip().split(":"))
        runs.append((cost, tree, float(run.stderr.strip().splitlines()[-1].split(" ms")[0])))
    return min(runs, key=lambda run: run[2])


def main():
    instances = {}
    with open(os.path.join(KIT, "dev", "catalogue_expected.csv")) as text:
        for row in csv.reader(text):
            family = " ".join(row[:3])
            if family in PEERS and os.environ.get("FAMILY", family) == family:
                instances.setdefault(family, []).append(row)
    print(f"load average {os.getloadavg()[0]:.1f}; {LIMIT:g} s for each exact run", file=sys.stderr)
    print("| Instances | Planner | Solved | Approvals as few as ours | More | Fewer | Tree over ours, approvals alike | Time p50 / max | Over ours, median |")
    print("|---|---|---|---|---|---|---|---|---|")
    for family, rows in instances.items():
        held = []
        for row in rows[:MOST]:
            path = os.path.join(FOLDER, "-".join(row[:6]) + ".lnk")
            with open(path, "w") as out:
                subprocess.run([sys.executable, os.path.join(KIT, "gen_links.py"), *row[:6]], stdout=out, check=True)
            best = ours(path)
            assert best[:2] == (int(row[7]), int(row[8])), (row, best)
            held.append((baselines.read(path), best))
        times = [best[2] for _, best in held]
        print(f"| {family} | **ours** | {len(held)} of {len(held)} | | | | | {told(times)} | 1 |", flush=True)
        for name, peer in PEERS[family].items():
            solved, alike, more, fewer, over, times, ratios = 0, 0, 0, 0, [], [], []
            tried = held[:MOST_EXACT] if name in EXACT else held
            for network, (cost, tree, took) in tried:
                try:
                    found = peer(*network, LIMIT)
                except Exception as error:
                    print(f"{family} {name}: {error!r:.100}", file=sys.stderr)
                    continue
                times.append(found[2] * 1000)
                ratios.append(times[-1] / took)
                if found[0] is None:
                    continue
                solved += 1
                alike, more, fewer = alike + (found[0] == cost), more + (found[0] > cost), fewer + (found[0] < cost)
                if found[0] == cost and found[1] is not None and math.isfinite(found[1]) and tree:
                    over.append(100 * (found[1] - tree) / tree)
            excess = f"mean {statistics.mean(over):.1f} %, max {max(over):.1f} %" if over else "–"
            print(
                f"| {family} | {name} | {solved} of {len(tried)} | {alike} | {more} | {fewer} | {excess} | {told(times)} | {ratio(ratios)} |",
                flush=True,
            )


def ratio(ratios):
    """What others' times are of ours, as told: unfinished runs count at the time that they were given."""
    return f"{statistics.median(ratios):.3g}×" if ratios else "–"


def told(times):
    return f"{statistics.median(times):.1f} / {max(times):.1f} ms" if times else "–"


main()
