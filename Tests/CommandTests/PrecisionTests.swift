import Foundation
import Images
import Tensors
import Kernels
import Testing

@Suite struct PrecisionTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func report(_ arguments: String...) throws -> Report {
    let run = try Command.run(["explain", "butterfly-and-cup", "--json"] + arguments, in: folder)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
  }

  @Test func `float32 is the default`() throws {
    let report = try report("-o", "a.npy")
    #expect(report.model.precision == "float32")
    _ = try self.report("--precision", "float32", "-o", "b.npy")
    #expect(try folder.bytes("a.npy") == folder.bytes("b.npy"))
  }

  @Test(
    .enabled(if: Precision.bfloat16.isSupported, "this processor has no bfloat16"), arguments: ["grad-cam", "gradient"])
  func `bf16 gives nearly the same map, and says so`(method: String) throws {
    let exact = try report("--method", method, "-o", "exact.npy")
    let short = try report("--method", method, "-o", "short.npy", "--precision", "bf16")
    #expect(short.model.precision == "bf16")
    #expect(short.target.index == exact.target.index)
    let (a, b) = (try folder.array("short.npy").scalars, try folder.array("exact.npy").scalars)
    let difference = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    let relative = (difference / b.reduce(0) { $0 + $1 * $1 }).squareRoot()
    // Nothing rounds to 8 bits without a trace: equal maps would mean that nothing was.
    #expect(relative > 1e-5 && relative < 0.1)
  }

  @Test(.enabled(if: Precision.bfloat16.isSupported, "this processor has no bfloat16"))
  func `predict and layers take it too`() throws {
    for arguments in [["predict", "butterfly-and-cup"], ["layers"]] {
      let run = try Command.run(arguments + ["--json", "--precision", "bf16"], in: folder)
      #expect(run.status == 0 && run.output.contains("\"precision\" : \"bf16\""), "\(run.errors)")
    }
  }

  @Test func `without the instructions bf16 is refused with the remedy`() throws {
    let run = try Command.run(
      ["explain", "butterfly-and-cup", "--precision", "bf16", "-o", "map.npy"], in: folder,
      environment: ["ONEDNN_MAX_CPU_ISA": "AVX512_CORE", "DNNL_MAX_CPU_ISA": "AVX512_CORE"])
    #expect(run.status == 64)
    #expect(run.errors.contains("AVX-512 BF16") && run.errors.contains("leave the option out"), "\(run.errors)")
    #expect(try folder.contents.isEmpty)
  }
}
