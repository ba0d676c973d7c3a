import Foundation
import Images
import Tensors
import Testing

/// A network of Darknet's small enough for paper, and what every method makes of it there.
enum DarknetFiles {
  /// `relu(2r − 1)` of the first channel, its mean, and two classes: `3m + 10` and `−4m + 20`.
  static let configuration = """
    [net]
    channels=3
    height=2
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

  static func write(to folder: Folder) throws {
    try folder.write(configuration, to: "tiny.cfg")
    let weights: [Float] = [-1, 2, 0, 0, 10, 20, 3, -4]
    // The header of version 0.2, whose count of images is 64 bits wide.
    let words = [0, 2, 0, 0, 0] + weights.map(\.bitPattern)
    let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) } }
    try Data(bytes).write(to: folder.url.appendingPathComponent("tiny.weights"))
    let image = Tensor([0, 1, 2, 3] + Array(repeating: 0.5, count: 8), shape: [3, 2, 2])
    try Data(NumPyFile.data(image)).write(to: folder.url.appendingPathComponent("image.npy"))
  }

  /// The activation is 0, 1, 3, 5, and each place of it counts 3/4 for the first class.
  static func check(_ command: Command) throws {
    let scaled = Tensor([0, 0.75, 2.25, 3.75], shape: [2, 2])
    #expect(try command.array("grad.npy") == scaled)
    #expect(try command.array("cam.npy") == Tensor([0, 3, 9, 15], shape: [2, 2]))
    // Without its one channel the score falls from 16.75 to 10.
    let weight: Float = 6.75 / 16.75
    let ablation = try command.array("ablation.npy")
    #expect(zip(ablation.scalars, [0, 1, 3, 5]).allSatisfy { abs($0 - weight * $1) < 1e-5 })
    #expect(try command.array("gradient.npy").scalars == [0, 1.5, 1.5, 1.5] + Array(repeating: 0, count: 8))
    // A place that is blacked out takes its share of the score with it.
    let occlusion = try command.array("occlusion.npy")
    #expect(zip(occlusion.scalars, scaled.scalars).allSatisfy { abs($0 - $1) < 1e-5 })
  }
}
