package org.recallrank.cli.commands;

import picocli.CommandLine.IVersionProvider;

/** The version that the build wrote into the jar's manifest. */
public final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "recallrank " + (version == null ? "(run from classes, version unknown)" : version),
      "java " + Runtime.version()
    };
  }
}
