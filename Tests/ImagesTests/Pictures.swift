import Foundation
import Images

/// A picture without symmetry, whose every pixel differs from its neighbours.
func gradient(width: Int, height: Int) -> Raster {
  var raster = Raster(width: width, height: height)
  for y in 0..<height {
    for x in 0..<width {
      raster[x, y] = (
        UInt8(x * 255 / max(width - 1, 1)), UInt8(y * 255 / max(height - 1, 1)), UInt8((x * 7 + y * 13) % 256)
      )
    }
  }
  return raster
}

/// Samples without any order, the same for the same seed.
func noise(width: Int, height: Int, seed: UInt64 = 1) -> Raster {
  var state = seed
  let samples = (0..<3 * width * height).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
  return Raster(width: width, height: height, samples: samples)
}

/// The largest difference between two pictures of one extent.
func largestDifference(_ a: Raster, _ b: Raster) -> Int {
  guard a.width == b.width, a.height == b.height else { return .max }
  return zip(a.samples, b.samples).map { abs(Int($0) - Int($1)) }.max() ?? 0
}

/// A folder for one test, removed afterwards.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = FileManager.default.temporaryDirectory.appendingPathComponent("limn-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder.path)
}

/// The error that decoding these bytes ends in; `nil` when it succeeds.
func refusal(of bytes: [UInt8]) -> ImageError? {
  do throws(ImageError) {
    _ = try Raster(decoding: bytes, named: "it")
    return nil
  } catch { return error }
}
