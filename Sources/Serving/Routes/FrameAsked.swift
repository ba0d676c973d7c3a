import Explaining
import Images

/// A camera's frame: the picture in the body, what is asked in the query.
struct FrameAsked: Sendable {
  let asked: Asked
  private let bytes: [UInt8]
  /// Of pixels as they are, four bytes each; `nil` for a file's bytes.
  private let extent: (width: Int, height: Int)?

  init(_ request: Request, _ limits: Limits) throws(Problem) {
    bytes = request.body
    guard !bytes.isEmpty else { throw Problem(.badRequest, "send the frame as the body: a JPEG or PNG, or its pixels") }
    asked = try Asked(of: request, limits)
    guard let width = request.query("width"), let height = request.query("height") else {
      extent = nil
      return
    }
    guard let width = Int(width), let height = Int(height), (1...4096).contains(width), (1...4096).contains(height),
      bytes.count == 4 * width * height
    else { throw Problem(.badRequest, "the body must hold four bytes for each of width × height pixels") }
    extent = (width, height)
  }

  func picture(pixelLimit: Int) throws -> Picture {
    let name = "camera"
    guard let extent else {
      return Picture(try Raster(decoding: bytes, named: name, pixelLimit: pixelLimit), named: name)
    }
    let count = extent.width * extent.height
    let samples = [UInt8](unsafeUninitializedCapacity: 3 * count) { samples, initialized in
      for pixel in 0..<count {
        for channel in 0..<3 { samples[3 * pixel + channel] = bytes[4 * pixel + channel] }
      }
      initialized = 3 * count
    }
    return Picture(Raster(width: extent.width, height: extent.height, samples: samples), named: name)
  }
}

extension Asked {
  /// What a query asks.
  fileprivate init(of request: Request, _ limits: Limits) throws(Problem) {
    image = "camera"
    network = request.query("network")
    targets = request.query("target").map { [$0] }
    (methods, layer, region) = (request.query("methods"), request.query("layer"), request.query("region"))
    guard [methods, layer, region, targets?.first].allSatisfy({ ($0?.count ?? 0) <= limits.words }) else {
      throw Problem(.badRequest, "a field of the question has more than \(limits.words) letters")
    }
  }
}
