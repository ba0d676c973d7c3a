import AttributionKit
import Foundation
import Kernels

/// What the command line asks for.
struct Options {
  var models: [String] = []
  var jobs: [String] = []
  var threads = [1, 2]
  var rounds = 15
  var imageSize = 224
  var countsOnlyOwnTime = false
  var serves = false
  var precision = Precision.float32
  var memoryLimit = SessionOptions.defaultMemoryLimit

  static let usage = """
    usage: Benchmarks [--threads 1,2] [--rounds 15] [--size 224] [--cpu] [--precision bf16] [--memory MB]
                      [--job NAME]… [MODEL.onnx …]
           Benchmarks --serve [--threads 2] [--precision bf16] [--memory MB] MODEL.onnx
      Without models, MobileNetV2 and SqueezeNet from the zoo in LIMN_TEST_DATA.
      --job:   forward, keep, compare, any method expression; 'forward x8', 'gradient x8' for batches. Several times.
      --cpu:   the calling thread's processor time instead of the time that passes; for one thread.
      --memory: the megabytes that a method's batches may hold, as the command's option of this name.
      --serve: run jobs as lines on standard input ask, as peers.py does: '7 grad-cam'.
    """

  init(_ arguments: [String]) throws(UsageError) {
    var rest = arguments[...]
    func numbers(_ text: String?) throws(UsageError) -> [Int] {
      let parts = (text ?? "").split(separator: ",").map { Int($0) ?? 0 }
      guard !parts.isEmpty, parts.allSatisfy({ $0 > 0 }) else { throw UsageError() }
      return parts
    }
    while let argument = rest.popFirst() {
      switch argument {
      case "--threads": threads = try numbers(rest.popFirst())
      case "--rounds": rounds = try numbers(rest.popFirst())[0]
      case "--size": imageSize = try numbers(rest.popFirst())[0]
      case "--cpu": countsOnlyOwnTime = true
      case "--serve": serves = true
      case "--precision":
        guard let named = rest.popFirst().flatMap(Precision.init(named:)) else { throw UsageError() }
        precision = named
      case "--memory": memoryLimit = try numbers(rest.popFirst())[0] * 1_000_000
      case "--job":
        guard let job = rest.popFirst() else { throw UsageError() }
        jobs.append(job)
      case _ where argument.hasPrefix("-"): throw UsageError()
      default: models.append(argument)
      }
    }
    if jobs.isEmpty { jobs = Job.usual }
    if models.isEmpty, !serves, let folder = ProcessInfo.processInfo.environment["LIMN_TEST_DATA"] {
      models = ["mobilenet_v2_1.0_224", "squeezenet1.1_winml_fp32"].map { "\(folder)/zoo/models/\($0).onnx" }
    }
    guard !models.isEmpty, !serves || models.count == 1 else { throw UsageError() }
  }
}

struct UsageError: Error {}
