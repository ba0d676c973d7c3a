import Datasets
import AttributionKit
import Evaluating
import Explaining
import Foundation
import Images
import Reporting
import Tensors

/// A folder that goes away with the value.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "limn-datasets-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  @discardableResult
  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  /// Pictures of coloured noise, all different.
  func writePictures(_ count: Int, in folder: String = "photos") throws -> String {
    for index in 0..<count { try write(Self.picture(index).pngData(), "\(folder)/\(index % 3)/picture-\(index).png") }
    return "\(path)/\(folder)"
  }

  static func picture(_ seed: Int) -> Raster {
    var random = SplitMix64(seed: UInt64(seed))
    return Raster(
      width: 40, height: 30, samples: (0..<3600).map { UInt8(truncatingIfNeeded: random.below(256) | ($0 % 3) << 6) })
  }

  /// Every file below a folder of results, with its bytes.
  func contents(of folder: String) throws -> [String: Data] {
    let root = "\(path)/\(folder)"
    return Dictionary(
      uniqueKeysWithValues: try FileManager.default.subpathsOfDirectory(atPath: root).compactMap { name in
        FileManager.default.contents(atPath: "\(root)/\(name)").map { (name, $0) }
      })
  }
}

/// The demo network asked about pictures by two cheap methods.
func demoTask(
  metrics: String? = nil, saves: Set<DatasetTask.Saved> = [.npy, .report], numbers: DatasetTask.NumberFormat = .float32,
  identity: [String] = []
) throws -> DatasetTask {
  var file = NetworkFile.demo
  file.threads = 1
  let explainer = try Explainer(file)
  return DatasetTask(
    explainer, methods: try explainer.methods("grad-cam, gradient"),
    metrics: try metrics.map { try explainer.catalogue.metrics($0) } ?? [], question: Question(),
    targets: ["prediction"], region: nil, marked: nil, saves: saves, numbers: numbers, style: DrawingStyle(),
    networkHash: "demo", identity: identity)
}

/// Explains the pictures of a folder into another; `stop` is asked after each.
@discardableResult
func explain(
  _ inputs: [String], by task: DatasetTask, into output: String, list: String? = nil, shard: Shard? = nil,
  workers: Int = 2, again: Bool = false, stoppingAfter count: Int = .max
) throws -> (lines: [ResultLine], progress: DatasetRun.Progress) {
  let stop = StopSign()
  let reader = try DatasetReader(inputs, list: list, shard: shard, apartFrom: output) { stop.isSet }
  var lines: [ResultLine] = []
  let progress = try DatasetRun(task, output: output, shard: shard, workers: workers, again: again)
    .explain(reader, until: stop) { line, progress in
      lines.append(line)
      if progress.pictures == count { stop.set() }
    }
  return (lines, progress)
}

/// The names of all pictures of a set.
func names(_ inputs: [String], list: String? = nil, shard: Shard? = nil) throws -> [String] {
  let reader = try DatasetReader(inputs, list: list, shard: shard) { false }
  var names: [String] = []
  while let entry = try reader.next() { names.append(entry.name) }
  return names
}
