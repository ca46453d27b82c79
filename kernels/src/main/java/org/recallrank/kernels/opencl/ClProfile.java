package org.recallrank.kernels.opencl;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jocl.CL;
import org.jocl.Pointer;
import org.jocl.Sizeof;
import org.jocl.cl_event;
import org.recallrank.kernels.Device.Cost;

/** Adds up what commands cost, by the events of the queue. */
final class ClProfile {
  /** Commands whose events are kept until they are read: a bound for a queue that never ends. */
  private static final int MANY = 4096;

  private final Map<String, Cost> costs = new LinkedHashMap<>();
  private final List<Pending> pending = new ArrayList<>();
  private boolean on;

  private record Pending(String what, long bytes, cl_event event) {}

  void start() {
    collect();
    costs.clear();
    on = true;
  }

  boolean on() {
    return on;
  }

  void add(String what, long bytes, cl_event event) {
    pending.add(new Pending(what, bytes, event));
    if (pending.size() >= MANY) {
      collect();
    }
  }

  /** Waits for the commands so far. */
  void collect() {
    for (Pending p : pending) {
      ClException.check(
          CL.clWaitForEvents(1, new cl_event[] {p.event()}), "waiting for " + p.what());
      double milliseconds =
          (time(p.event(), CL.CL_PROFILING_COMMAND_END)
                  - time(p.event(), CL.CL_PROFILING_COMMAND_START))
              * 1e-6;
      costs.merge(
          p.what(),
          new Cost(p.what(), 1, milliseconds, p.bytes()),
          (a, b) ->
              new Cost(
                  a.what(),
                  a.count() + 1,
                  a.milliseconds() + b.milliseconds(),
                  a.bytes() + b.bytes()));
    }
    release();
  }

  List<Cost> costs() {
    collect();
    return costs.values().stream()
        .sorted(Comparator.comparingDouble(Cost::milliseconds).reversed())
        .toList();
  }

  /** Gives the events up, unread or not. */
  void release() {
    while (!pending.isEmpty()) {
      cl_event event = pending.removeLast().event();
      ClException.check(CL.clReleaseEvent(event), "releasing an event");
    }
  }

  private static long time(cl_event event, int which) {
    long[] time = new long[1];
    ClException.check(
        CL.clGetEventProfilingInfo(event, which, Sizeof.cl_ulong, Pointer.to(time), null),
        "reading the clock of an event");
    return time[0];
  }
}
