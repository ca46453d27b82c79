package org.recallrank.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recallrank.OpenClDevice;

/** Devices on the command line: listed, chosen, measured; and as good as the host. */
class DeviceTest {
  @TempDir private Path folder;

  private CommandLineRun train(String kernels, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "train",
                "--format=world",
                "--rows=12000",
                "--cache=" + folder.resolve("cache"),
                "--model=dcnv2",
                "--set=parallel_dnn_hidden_units=32,32",
                // With it, gradients of biases are nothing but rounding, which Adam makes steps of.
                "--set=batch_norm=false",
                "--epochs=2",
                "--threads=2",
                "--quiet",
                "--kernels=" + kernels,
                "--out=" + folder.resolve(kernels)));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray(String[]::new));
  }

  private double auc(String kernels) throws Exception {
    return JsonParser.parseString(Files.readString(folder.resolve(kernels).resolve("metrics.json")))
        .getAsJsonObject()
        .getAsJsonObject("test")
        .get("auc")
        .getAsDouble();
  }

  @Test
  void infoListsDevicesWithVersionAndMemory() {
    assumeTrue(OpenClDevice.isThere(), "no OpenCL device");
    CommandLineRun info = CommandLineRun.of("info");
    assertThat(info.exitCode()).isZero();
    assertThat(info.out()).contains("Devices of opencl").contains("  0 ").contains("MiB");
    JsonObject json =
        JsonParser.parseString(CommandLineRun.of("info", "--json").out()).getAsJsonObject();
    JsonArray devices = json.getAsJsonObject("devices").getAsJsonArray("opencl");
    assertThat(devices).isNotEmpty();
    assertThat(devices.get(0).getAsString()).contains("OpenCL").contains("compute units");
  }

  @Test
  void trainsOnADeviceAsWellAsOnTheHostAndSaysWhatItTook() throws Exception {
    assumeTrue(OpenClDevice.isThere(), "no OpenCL device");
    CommandLineRun onDevice = train("opencl", "--device=0", "--profile");
    assertThat(onDevice.exitCode()).as(onDevice.err()).isZero();
    assertThat(onDevice.out())
        .contains("on the device")
        .containsPattern("upload +[1-9]")
        .containsPattern("download +[1-9]")
        .containsPattern("dropout +[1-9]");
    CommandLineRun onHost = train("simd", "--profile");
    assertThat(onHost.exitCode()).as(onHost.err()).isZero();
    assertThat(onHost.out()).contains("profile: the simd kernels run on the host");
    assertThat(auc("opencl")).isBetween(auc("simd") - 0.002, auc("simd") + 0.002);
  }

  @Test
  void aDeviceThatIsNotThereIsRefused() {
    assumeTrue(OpenClDevice.isThere(), "no OpenCL device");
    CommandLineRun run = train("opencl", "--device=no such maker");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("no OpenCL device 'no such maker'").contains("0 ");
  }

  @Test
  void theHostHasNoDevices() {
    CommandLineRun run = train("scalar", "--device=0");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("'scalar' has no devices to choose from");
  }
}
