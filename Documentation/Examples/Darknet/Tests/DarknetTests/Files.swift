import AttributionKit
import DarknetPlugin
import Foundation
import Tensors

/// A configuration and its weights in a folder of their own, which goes when this does.
final class Files {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("darknet-\(UUID().uuidString)")
  var path: String { folder.appendingPathComponent("net.cfg").path }

  /// Writes both files; `version` is the header's major and minor version, which decide how long it is.
  init(_ configuration: String, weights: [Float], version: (UInt32, UInt32) = (0, 2)) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try write(Array(configuration.utf8), to: "net.cfg")
    let isLong = version.0 * 10 + version.1 >= 2 && version.0 <= 1000
    let header = [version.0, version.1, 0] + Array(repeating: 0, count: isLong ? 2 : 1)
    let words = header + weights.map(\.bitPattern)
    try write(
      words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }, to: "net.weights")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: folder.appendingPathComponent(name))
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  func open() throws -> DarknetModel {
    try DarknetFormat().open(ModelRequest(path: path)).model as! DarknetModel
  }
}

/// Networks that the tests share.
enum Networks {
  /// A pointwise convolution of one channel, its mean, and two classes.
  static let tiny = """
    # Two classes from one number.
    [net]
    channels=1
    height = 2
    width=2

    [convolutional]
    filters=1
    activation=relu

    [avgpool]
    [connected]
    output=2
    activation=linear
    [softmax]
    """

  /// The convolution's bias and weight, the classes' biases, and their weights.
  static let tinyWeights: [Float] = [-1, 2, 10, 20, 3, -4]

  /// Everything that is read, once.
  static let whole = """
    [net]
    channels=3
    height=12
    width=9
    [convolutional]
    batch_normalize=1
    filters=4
    size=3
    stride=1
    pad=1
    activation=leaky
    [maxpool]
    size=2
    stride=2
    [convolutional]
    filters=5
    size=3
    stride=2
    pad=1
    activation=relu
    [dropout]
    probability=.5
    [convolutional]
    filters=3
    activation=linear
    [avgpool]
    [softmax]
    """

  static let wholeWeights = weights(3 * 4 + 4 + 4 * 3 * 9 + 5 + 5 * 4 * 9 + 3 + 3 * 5)

  /// Positive numbers, which a variance must be, and few of them alike.
  private static func weights(_ count: Int) -> [Float] {
    var generator = SplitMix64(seed: 7)
    // The first sixteen are the normalised layer's, variances among them; the rest has both signs.
    return (0..<count).map { $0 < 16 ? 0.5 + generator.uniform() : generator.uniform() - 0.5 }
  }
}
