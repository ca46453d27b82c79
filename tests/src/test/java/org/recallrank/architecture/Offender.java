package org.recallrank.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.lang.reflect.Method;
import jdk.incubator.vector.FloatVector;
import org.eclipse.collections.impl.map.mutable.primitive.ObjectIntHashMap;

/** Breaks every rule of {@link HouseRules}, so that the tests can see that each of them bites. */
final class Offender {
  static int count;
  static final ThreadLocal<String> HIDDEN = new ThreadLocal<>();

  private Offender() {}

  static Object map() {
    return new ObjectIntHashMap<String>();
  }

  static int lanes() {
    return FloatVector.SPECIES_PREFERRED.length();
  }

  static Class<?> byName(String name) throws ClassNotFoundException {
    return Class.forName(name);
  }

  static Object call(Method method) throws ReflectiveOperationException {
    return method.invoke(null);
  }

  static void configure() {
    System.setProperty("offender", "was here");
  }

  static Object read(InputStream in) throws IOException, ClassNotFoundException {
    return new ObjectInputStream(in).readObject();
  }

  static void print() {
    System.out.println("printed by a library");
  }

  static int tooMany(int a, int b, int c, int d, int e, int f, int g, int h) {
    return a + b + c + d + e + f + g + h;
  }

  static void leave() {
    System.exit(1);
  }
}
