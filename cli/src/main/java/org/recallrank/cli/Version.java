package org.recallrank.cli;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar's manifest. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "recallrank " + (version == null ? "(run from classes, version unknown)" : version),
      "java " + Runtime.version()
    };
  }
}
