"""Runs the engine and its peers on the same instances and prints one table: quality and time.

usage: bench-peers.py KIT LNK FOLDER       (called by scripts/bench-peers)

KIT is the linkplan kit, LNK the built example program, FOLDER a place for instances. LIMIT (seconds, default 15) bounds
each run of an exact peer, EACH (default 4) the instances of a family. Approvals and tree of every peer are worked out
by the kit; ours come from `lnk --lex`, times without reading the file on both sides.
"""
import csv, os, statistics, subprocess, sys

KIT, LNK, FOLDER = sys.argv[1:4]
LIMIT, EACH = float(os.environ.get("LIMIT", 15)), int(os.environ.get("EACH", 4))
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
            if family in PEERS and len(instances.setdefault(family, [])) < EACH:
                instances[family].append(row)
    print(f"load average {os.getloadavg()[0]:.1f}; {LIMIT:g} s for each exact run", file=sys.stderr)
    print("| Instances | Planner | Solved | Approvals as few as ours | More | Fewer | Tree over ours, approvals alike | Time p50 / max |")
    print("|---|---|---|---|---|---|---|---|")
    for family, rows in instances.items():
        held = []
        for row in rows:
            path = os.path.join(FOLDER, "-".join(row[:6]) + ".lnk")
            with open(path, "w") as out:
                subprocess.run([sys.executable, os.path.join(KIT, "gen_links.py"), *row[:6]], stdout=out, check=True)
            best = ours(path)
            assert best[:2] == (int(row[7]), int(row[8])), (row, best)
            held.append((baselines.read(path), best))
        times = [best[2] for _, best in held]
        print(f"| {family} | **ours** | {len(held)} of {len(held)} | | | | | {told(times)} |", flush=True)
        for name, peer in PEERS[family].items():
            solved, alike, more, fewer, over, times = 0, 0, 0, 0, [], []
            for network, (cost, tree, _) in held:
                try:
                    found = peer(*network, LIMIT)
                except Exception as error:
                    print(f"{family} {name}: {error!r:.100}", file=sys.stderr)
                    continue
                times.append(found[2] * 1000)
                if found[0] is None:
                    continue
                solved += 1
                alike, more, fewer = alike + (found[0] == cost), more + (found[0] > cost), fewer + (found[0] < cost)
                if found[0] == cost and found[1] is not None and tree:
                    over.append(100 * (found[1] - tree) / tree)
            excess = f"mean {statistics.mean(over):.1f} %, max {max(over):.1f} %" if over else "–"
            print(
                f"| {family} | {name} | {solved} of {len(held)} | {alike} | {more} | {fewer} | {excess} | {told(times)} |",
                flush=True,
            )


def told(times):
    return f"{statistics.median(times):.1f} / {max(times):.1f} ms" if times else "–"


main()
