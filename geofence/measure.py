"""Measuring: from the pieces listed for a point to its hits, compiled.

Distances are taken in the plane scaled at the point's own latitude, so they are exact where they are small.
"""

from __future__ import annotations

import math

from numba import njit

from geofence.plane import metres_per_degree, offset_m, wrapped


@njit(cache=True, nogil=True)
def measure(  # type: ignore[no-untyped-def]
    lon, lat, heading, radius_m, pieces, sights, lists, hit_start, hits
):
    """Write the hits of every point, ordered by point then line; return how many.

    ``lists`` are first, last and listed: ``listed[first[i]:last[i]]`` are the rows of ``pieces`` to measure for
    point i, ascending; then the same three for ``sights``. ``hits`` are the columns line, across, along and heading
    difference, with room for all listed.
    """
    first, last, listed, seen_first, seen_last, seen_listed = lists
    line_out, across_out, along_out, diff_out = hits
    n = 0
    for i in range(lon.size):
        hit_start[i] = n
        if last[i] > first[i]:
            per_lon, per_lat = metres_per_degree(lat[i])
            of_line = -1
            best_m2 = math.inf
            for at in range(first[i], last[i]):
                piece = pieces[listed[at]]
                x = wrapped(piece.lon - lon[i]) * per_lon
                y = (piece.lat - lat[i]) * per_lat
                east = piece.east_deg * per_lon
                north = piece.north_deg * per_lat
                squared = east * east + north * north
                t = 0.0
                if squared > 0.0:
                    t = min(max(-(x * east + y * north) / squared, 0.0), 1.0)
                x += t * east
                y += t * north
                m2 = x * x + y * y
                reach_m = max(radius_m, piece.reach_m)
                if m2 > reach_m * reach_m:
                    continue
                if piece.line != of_line:
                    of_line = piece.line
                    best_m2 = math.inf
                    n += 1
                if m2 < best_m2:
                    best_m2 = m2
                    line_out[n - 1] = of_line
                    left = north * x - east * y
                    across_out[n - 1] = -math.sqrt(m2) if left < 0.0 else math.sqrt(m2)
                    along_out[n - 1] = piece.along_m + t * piece.length_m
                    diff_out[n - 1] = _turn(heading[i], east, north)
        if seen_last[i] > seen_first[i] and not math.isnan(heading[i]):
            n = _look(lon[i], lat[i], heading[i], radius_m, sights, seen_listed[seen_first[i] : seen_last[i]], hits, n)
    hit_start[lon.size] = n
    return n


@njit(cache=True, nogil=True)
def _turn(heading, east, north):  # type: ignore[no-untyped-def]
    """Return heading minus the direction east, north, -180 to 180; 0 where that has no length; NaN stays NaN."""
    if east == 0.0 and north == 0.0:
        return heading * 0.0
    return (heading - math.degrees(math.atan2(east, north)) + 540.0) % 360.0 - 180.0


@njit(cache=True, nogil=True)
def _look(lon, lat, heading, radius_m, sights, listed, hits, n):  # type: ignore[no-untyped-def]
    """Append the entries that lie straight ahead of one point; return the new number of hits."""
    line_out, across_out, along_out, diff_out = hits
    ray_east = math.sin(math.radians(heading))
    ray_north = math.cos(math.radians(heading))
    for k in listed:
        sight = sights[k]
        x, y = offset_m(lon, lat, sight.lon, sight.lat)
        ahead_m = x * ray_east + y * ray_north
        left_m = y * ray_east - x * ray_north
        fits = ahead_m > 0.0 and x * x + y * y <= sight.reach_m * sight.reach_m and abs(left_m) <= ahead_m
        turn = _turn(heading, sight.east_m, sight.north_m)
        if fits and abs(left_m) <= max(radius_m, sight.beside_m) and abs(turn) <= 45.0:
            line_out[n] = sight.line
            across_out[n] = left_m
            along_out[n] = -ahead_m
            diff_out[n] = turn
            n += 1
    return n
