// Hamming distances of signatures of `words` 64-bit words, and the k nearest of a pool.
//
// Nearest, in levels: the pool is cut into parts, each part gives its k best (lower position first
// where distances are equal), these candidates are cut into parts again, until one is left; a last
// kernel sorts it. Query q's candidates stand at [q * parts * k, (q + 1) * parts * k), in the order
// of their positions; a part with fewer than k fills up with the distance 64 * words + 1.
//
// A part on a GPU (nearest_of_pool): a group of GROUP items reads PART signatures once, keeps the
// distances in local memory, counts how often each of the few possible distances occurs, finds the
// distance of the k-th by adding up the counts, and writes those below it and the first of those
// equal to it.
// A part on a CPU device (nearest_by_limit): one item; the largest distance that can still matter
// falls fast, and then 32 signatures are dismissed by one test. One more item per query merges the
// parts.
//
// Nearest of lists (nearest_of_lists): a group per row, whose candidates are few enough for all to be
// compared with all.

#ifndef PART
#define PART 8192 // signatures or candidates per group, a multiple of GROUP
#endif
#ifndef GROUP
#define GROUP 256 // items per group, a power of two
#endif
#define RUN (PART / GROUP)
#ifndef LIST_GROUP
#define LIST_GROUP 64 // items per row of nearest_of_lists
#endif

static int distance_of(__global const ulong *a, __global const ulong *b, int words) {
  int d = 0;
  for (int w = 0; w < words; w++) {
    d += (int)popcount(a[w] ^ b[w]);
  }
  return d;
}

// Global size: n.
__kernel void distances(__global const ulong *query, int queryAt, __global const ulong *pool,
                        int poolAt, int words, __global int *distance) {
  int i = get_global_id(0);
  distance[i] = distance_of(query + queryAt, pool + poolAt + (size_t)i * words, words);
}

// Position i of a part in local memory: a gap after each run, so that items that walk their runs
// side by side meet in no bank.
#define SPOT(i) ((i) + (i) / RUN * 2)

// Finds, of n distances in local memory, the cut: the distance of the k-th nearest, and how many of
// that distance are needed. Then gives each item its first output slot: those before it in the part
// that go out. Returns the number of equals before it. All items must come here.
static int cut_of(__local const ushort *distance, int n, int k, int largest, __local int *counts,
                  __local int *sums, int *cut, int *ties, int *less) {
  int item = get_local_id(0);
  for (int d = item; d <= largest + 1; d += GROUP) {
    counts[d] = 0;
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int i = item; i < n; i += GROUP) {
    atomic_inc(&counts[distance[SPOT(i)]]);
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  int below = 0;
  int d = 0;
  while (below + counts[d] < k) {
    below += counts[d++];
  }
  *cut = d;
  *ties = k - below;
  // Below the cut in the low half, at the cut in the high half: a part is shorter than 2^15.
  int own = 0;
  int end = min(n, (item + 1) * RUN);
  for (int i = item * RUN; i < end; i++) {
    int x = distance[SPOT(i)];
    own += (x < d) + ((x == d) << 16);
  }
  sums[item] = own;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int step = 1; step < GROUP; step *= 2) {
    int before = item >= step ? sums[item - step] : 0;
    barrier(CLK_LOCAL_MEM_FENCE);
    sums[item] += before;
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  int before = sums[item] - own;
  *less = before & 0xffff;
  return before >> 16;
}

// Writes the k nearest of a part whose distances stand in local memory, in the order of their
// positions. Their indices are those in a list, or, without one, count on from `first`. All items
// must come here.
static void write_nearest(__local const ushort *near, int size, int largest, int k,
                          __global const int *from, int first, __global int *index,
                          __global int *distance, __local int *counts, __local int *sums) {
  int item = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE);
  int some = min(k, size);
  int cut, ties, less;
  int equal = cut_of(near, size, some, largest, counts, sums, &cut, &ties, &less);
  size_t out = ((size_t)get_global_id(1) * get_num_groups(0) + get_group_id(0)) * k;
  int end = min(size, (item + 1) * RUN);
  for (int i = item * RUN; i < end; i++) {
    int d = near[SPOT(i)];
    if (d < cut || (d == cut && equal < ties)) {
      size_t slot = out + less + min(equal, ties);
      index[slot] = from ? from[i] : first + i;
      distance[slot] = d;
    }
    less += d < cut;
    equal += d == cut;
  }
  for (int i = some + item; i < k; i += GROUP) {
    index[out + i] = -1;
    distance[out + i] = largest + 1;
  }
}

// Global size: GROUP * parts, queries.
__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void nearest_of_pool(
    __global const ulong *query, int queryAt, __global const ulong *pool, int poolAt, int n,
    int words, int k, __global int *index, __global int *distance, __local int *counts) {
  __local ushort near[PART + 2 * GROUP];
  __local int sums[GROUP];
  int item = get_local_id(0);
  int first = get_group_id(0) * PART;
  int size = min(PART, n - first);
  int largest = 64 * words;
  __global const ulong *q = query + queryAt + get_global_id(1) * words;
  __global const ulong *p = pool + poolAt + (size_t)first * words;
  for (int i = item; i < size; i += GROUP) {
    near[SPOT(i)] = (ushort)distance_of(q, p + (size_t)i * words, words);
  }
  write_nearest(near, size, largest, k, 0, first, index, distance, counts, sums);
}

// The same of n candidates per query. Global size: GROUP * parts, queries.
__kernel __attribute__((reqd_work_group_size(GROUP, 1, 1))) void nearest_of_candidates(
    __global const int *fromIndex, __global const int *fromDistance, int n, int largest, int k,
    __global int *index, __global int *distance, __local int *counts) {
  __local ushort near[PART + 2 * GROUP];
  __local int sums[GROUP];
  int item = get_local_id(0);
  int first = get_group_id(0) * PART;
  int size = min(PART, n - first);
  size_t from = (size_t)get_global_id(1) * n + first;
  for (int i = item; i < size; i += GROUP) {
    near[SPOT(i)] = (ushort)fromDistance[from + i];
  }
  write_nearest(near, size, largest, k, fromIndex + from, 0, index, distance, counts, sums);
}

// Puts signature i into a list of at most k that is sorted by distance, equals in the order of
// their coming; returns its new size.
static int insert(__global int *index, __global int *distance, int size, int k, int i, int d) {
  int at = size < k ? size : k - 1;
  for (; at > 0 && distance[at - 1] > d; at--) {
    distance[at] = distance[at - 1];
    index[at] = index[at - 1];
  }
  distance[at] = d;
  index[at] = i;
  return min(size + 1, k);
}

// The bits of eight words at once. Compilers know this text and put the machine's own way in its
// place, while popcount of a vector is taken apart by some (PoCL 3.1).
static ulong8 bits_of(ulong8 x) {
  x -= (x >> 1) & 0x5555555555555555UL;
  x = (x & 0x3333333333333333UL) + ((x >> 2) & 0x3333333333333333UL);
  x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fUL;
  return (x * 0x0101010101010101UL) >> 56;
}

// Global size: parts, queries; the part's length is an argument.
__kernel void nearest_by_limit(__global const ulong *query, int queryAt, __global const ulong *pool,
                               int poolAt, int n, int words, int k, int length,
                               __global int *index, __global int *distance) {
  int first = get_global_id(0) * length;
  int end = min(n, first + length);
  size_t out = ((size_t)get_global_id(1) * get_global_size(0) + get_global_id(0)) * k;
  index += out;
  distance += out;
  __global const ulong *q = query + queryAt + get_global_id(1) * words;
  __global const ulong *p = pool + poolAt;
  int size = 0;
  int limit = 64 * words + 1; // what is not below it is not wanted
  int i = first;
  if (words == 1) {
    ulong only = *q;
    for (; i + 32 <= end; i += 32) {
      ulong8 d0 = bits_of(vload8(0, p + i) ^ only);
      ulong8 d1 = bits_of(vload8(1, p + i) ^ only);
      ulong8 d2 = bits_of(vload8(2, p + i) ^ only);
      ulong8 d3 = bits_of(vload8(3, p + i) ^ only);
      // A distance minus the limit is negative, so its top bit is set, where it is below.
      ulong8 below8 = min(min(d0, d1), min(d2, d3)) - (ulong)limit;
      ulong4 below4 = below8.lo | below8.hi;
      ulong2 below2 = below4.lo | below4.hi;
      long below = below2.x | below2.y;
      if (below < 0) {
        for (int j = i; j < i + 32; j++) {
          int d = (int)popcount(p[j] ^ only);
          if (d < limit) {
            size = insert(index, distance, size, k, j, d);
            limit = size == k ? distance[k - 1] : limit;
          }
        }
      }
    }
  }
  for (; i < end; i++) {
    int d = distance_of(q, p + (size_t)i * words, words);
    if (d < limit) {
      size = insert(index, distance, size, k, i, d);
      limit = size == k ? distance[k - 1] : limit;
    }
  }
  // Into the order of positions.
  for (int j = 1; j < size; j++) {
    int moved = index[j];
    int d = distance[j];
    int at = j;
    for (; at > 0 && index[at - 1] > moved; at--) {
      index[at] = index[at - 1];
      distance[at] = distance[at - 1];
    }
    index[at] = moved;
    distance[at] = d;
  }
  for (int j = size; j < k; j++) {
    index[j] = -1;
    distance[j] = 64 * words + 1;
  }
}

// What nearest_by_limit found in all parts, into one sorted list per query. Global size: queries.
// The result is laid out as that of sort_nearest.
__kernel void merge_by_limit(__global const int *fromIndex, __global const int *fromDistance,
                             int n, int k, __global int *result) {
  fromIndex += get_global_id(0) * n;
  fromDistance += get_global_id(0) * n;
  __global int *index = result + get_global_id(0) * k;
  __global int *distance = index + get_global_size(0) * k;
  int size = 0;
  for (int i = 0; i < n; i++) {
    if (fromIndex[i] >= 0 && (size < k || fromDistance[i] < distance[k - 1])) {
      size = insert(index, distance, size, k, fromIndex[i], fromDistance[i]);
    }
  }
}

// Sorts k rows per query by distance; equals stay in order. Global size: k, queries. All indices
// come first in the result, then all distances.
__kernel void sort_nearest(int k, __global const int *fromIndex, __global const int *fromDistance,
                           __global int *result) {
  int i = get_global_id(0);
  size_t at = (size_t)get_global_id(1) * k;
  int d = fromDistance[at + i];
  int rank = 0;
  for (int j = 0; j < k; j++) {
    int other = fromDistance[at + j];
    rank += other < d || (other == d && j < i);
  }
  result[at + rank] = fromIndex[at + i];
  result[k * get_global_size(1) + at + rank] = d;
}

// The k nearest of one list of `length` candidates per row, as positions in the list. A candidate's
// key is its distance, then its position: no two are equal, and the number of smaller ones is its
// place. A row with a candidate that is none of the `signatures` of the pool has -1 at its first
// place. Global size: LIST_GROUP * rows.
__kernel __attribute__((reqd_work_group_size(LIST_GROUP, 1, 1))) void nearest_of_lists(
    __global const ulong *query, int queryAt, __global const int *queryRow,
    __global const ulong *pool, int poolAt, int signatures, __global const int *candidates,
    __global const int *listOf, int length, int words, int k, __global int *position,
    __local uint *keys) {
  __local int outside;
  size_t row = get_group_id(0);
  int item = get_local_id(0);
  __global const ulong *q = query + queryAt + (size_t)queryRow[row] * words;
  candidates += (size_t)listOf[row] * length;
  outside = 0;
  barrier(CLK_LOCAL_MEM_FENCE);
  for (int i = item; i < length; i += LIST_GROUP) {
    int candidate = candidates[i];
    if (candidate < 0 || candidate >= signatures) {
      outside = 1;
    } else {
      uint d = distance_of(q, pool + poolAt + (size_t)candidate * words, words);
      keys[i] = d << 16 | i;
    }
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  position += row * k;
  if (outside) {
    *position = -1;
    return;
  }
  for (int i = item; i < length; i += LIST_GROUP) {
    uint own = keys[i];
    int place = 0;
    for (int j = 0; j < length; j++) {
      place += keys[j] < own;
    }
    if (place < k) {
      position[place] = i;
    }
  }
}
