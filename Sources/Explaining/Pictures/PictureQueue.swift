public import Images
import Synchronization

/// Pictures in order, each decoded or drawn on another thread while the network is busy with what comes before it.
public final class PictureQueue: Sendable {
  /// The pictures, in order.
  public let pictures: [Picture]
  private let workers: Workers
  private let pixelLimit: Int
  private let underway = Mutex<[Int: Ahead<Raster?>]>([:])

  /// The pictures; the first is begun at once, so that it is there when the network has been opened.
  ///
  /// - Parameters:
  ///   - pictures: in the order in which they will be asked for.
  ///   - workers: how many processors work on pictures at once; with one, each is decoded when it is asked for.
  ///   - pixelLimit: the most pixels that a file may declare.
  public init(_ pictures: [Picture], workers: Workers = .all, pixelLimit: Int = Raster.defaultPixelLimit) {
    (self.pictures, self.workers, self.pixelLimit) = (pictures, workers, pixelLimit)
    begin(0)
  }

  private func begin(_ index: Int) {
    guard pictures.indices.contains(index), !pictures[index].isArray else { return }
    let picture = pictures[index]
    underway.withLock {
      guard $0[index] == nil else { return }
      $0[index] = Ahead(by: workers) { [pixelLimit] in try picture.raster(pixelLimit: pixelLimit) }
    }
  }

  /// The pixels of a picture, `nil` for an array; they are then forgotten, and the next picture is begun.
  func raster(_ index: Int) throws -> Raster? {
    begin(index)
    defer { begin(index + 1) }
    return try underway.withLock { $0.removeValue(forKey: index) }?.get()
  }
}
