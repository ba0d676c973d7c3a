public import Foundation
import Images

/// Scenes by the thousand, written as NumPy files for the training script.
///
/// The folder receives
///
/// - `images.npy`: unsigned bytes `[count, side, side, 3]`, red, green, blue;
/// - `kinds.npy`: signed bytes `[count, objects]`, where `objects` is 1, or 2 in pairs: positions in `labels.txt`;
/// - `masks.npy`: unsigned bytes `[count, objects, ⌈side² / 8⌉]`, eight pixels a byte, the first in the highest bit,
///   as `numpy.packbits` has it;
/// - `labels.txt`: the name of each kind, one a line.
///
/// Scene number `i` is drawn from the seed `seed + i`, so archives with disjoint ranges of seeds share no scene.
public struct SceneArchive: Hashable, Sendable {
  /// The sides that pictures may have.
  public static let sides = 8...2048

  public let count: Int
  public let pairs: Bool
  public let seed: UInt64
  public let side: Int

  /// Describes an archive; nothing is drawn yet.
  ///
  /// - Parameters:
  ///   - count: how many scenes.
  ///   - pairs: whether each shows two objects of different kinds instead of one.
  ///   - seed: the first scene's seed.
  ///   - side: the width and height of the pictures in pixels.
  public init(count: Int, pairs: Bool, seed: UInt64, side: Int = DemoNetwork.inputSide) {
    self.count = count
    self.pairs = pairs
    self.seed = seed
    self.side = side
  }

  /// Draws the scenes and writes the files, creating the folder if need be.
  ///
  /// - Throws: `SceneArchiveError` where count or side make no archive, and Foundation's errors where the folder or a
  ///   file in it cannot be written.
  public func write(to folder: URL) throws {
    guard count > 0, Self.sides.contains(side) else { throw SceneArchiveError(count: count, side: side) }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let objects = pairs ? 2 : 1
    func file(_ name: String, _ type: String, _ shape: [Int]) throws -> NumPyStream {
      try NumPyStream(creating: folder.appending(path: name), type: type, shape: [count] + shape)
    }
    let images = try file("images.npy", "|u1", [side, side, 3])
    let kinds = try file("kinds.npy", "|i1", [objects])
    let masks = try file("masks.npy", "|u1", [objects, (side * side + 7) / 8])
    for number in 0..<count {
      let scene = Scene(pair: pairs, seed: seed &+ UInt64(number), side: side)
      try images.append(scene.raster.samples)
      try kinds.append(scene.objects.map { UInt8(ObjectKind.allCases.firstIndex(of: $0.kind)!) })
      for object in scene.objects { try masks.append(packed(object.mask)) }
    }
    try images.close()
    try kinds.close()
    try masks.close()
    let names = ObjectKind.allCases.map { $0.name + "\n" }.joined()
    try Data(names.utf8).write(to: folder.appending(path: "labels.txt"))
  }
}

/// An archive that cannot be: of no scenes, or of pictures too small or too large.
public struct SceneArchiveError: Error, Equatable, CustomStringConvertible {
  let count: Int
  let side: Int

  public var description: String {
    count < 1
      ? "An archive of \(count) scenes cannot be written; ask for at least one."
      : "Scenes \(side) pixels wide cannot be written; choose a side from \(SceneArchive.sides)."
  }
}

/// Eight flags a byte, the first in the highest bit; the last byte is filled up with zeros.
private func packed(_ flags: [Bool]) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: (flags.count + 7) / 8)
  for (i, flag) in flags.enumerated() where flag { bytes[i / 8] |= 0x80 >> UInt8(i % 8) }
  return bytes
}
