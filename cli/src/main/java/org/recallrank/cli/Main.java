package org.recallrank.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import org.recallrank.cli.commands.DemoCommand;
import org.recallrank.cli.commands.EvaluateCommand;
import org.recallrank.cli.commands.ExperimentCommand;
import org.recallrank.cli.commands.ExportCommand;
import org.recallrank.cli.commands.ImportCommand;
import org.recallrank.cli.commands.InfoCommand;
import org.recallrank.cli.commands.ModelsCommand;
import org.recallrank.cli.commands.PredictCommand;
import org.recallrank.cli.commands.RecommendCommand;
import org.recallrank.cli.commands.ReportCommand;
import org.recallrank.cli.commands.ServeCommand;
import org.recallrank.cli.commands.TrainCommand;
import org.recallrank.cli.commands.TuneCommand;
import org.recallrank.cli.commands.Version;
import org.recallrank.cli.options.BackendException;
import org.recallrank.cli.options.ConfigFile;
import org.recallrank.model.config.SettingsException;
import org.recallrank.model.io.DataException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code recallrank} command: parses the command line and hands over to a subcommand. */
@Command(
    name = "recallrank",
    description = "Recall-Augmented Ranking (WWW 2024) and the CTR models it augments.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      DemoCommand.class,
      TrainCommand.class,
      ExperimentCommand.class,
      TuneCommand.class,
      ReportCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      RecommendCommand.class,
      ServeCommand.class,
      ImportCommand.class,
      ExportCommand.class,
      ModelsCommand.class,
      InfoCommand.class
    })
public final class Main implements Runnable {
  private static final int FAILURE = 1;
  private static final int WRONG_INPUT = 2;

  @Spec private CommandSpec spec;

  private Main() {}

  /**
   * Runs the command; the process ends with 0 for success, 2 for wrong usage or input, 1 for any
   * other failure.
   */
  public static void main(String[] arguments) {
    Locale.setDefault(Locale.ROOT); // numbers look alike everywhere
    System.exit(run(arguments));
  }

  /** The same without ending the process: what the exit code would be. */
  public static int run(String... arguments) {
    CommandLine commands = new CommandLine(new Main());
    commands.setExecutionExceptionHandler(Main::report);
    commands.setParameterExceptionHandler(Main::reportUsage);
    try {
      return commands.execute(
          ConfigFile.expand(List.of(arguments), commands).toArray(String[]::new));
    } catch (DataException e) {
      return report(e, commands, null);
    }
  }

  /** The message and where to read more; the whole help would hide the message. */
  private static int reportUsage(ParameterException e, String[] arguments) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println("recallrank: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("see " + e.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return WRONG_INPUT;
  }

  private static int report(Exception e, CommandLine commands, CommandLine.ParseResult parsed) {
    if (e instanceof DataException
        || e instanceof SettingsException
        || e instanceof BackendException) {
      System.err.println("recallrank: " + e.getMessage());
      return WRONG_INPUT;
    }
    if (e instanceof ArithmeticException) { // training diverged: the message says where
      System.err.println("recallrank: " + e.getMessage());
      return FAILURE;
    }
    System.err.println("recallrank: failed, which should not happen:");
    e.printStackTrace();
    return FAILURE;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "expected a command, found none; there are "
            + String.join(", ", spec.subcommands().keySet()));
  }
}
