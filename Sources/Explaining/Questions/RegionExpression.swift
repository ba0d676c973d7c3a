import AttributionKit
import Foundation
import Images
import Tensors

/// Which part of a picture a segmentation is asked about, as people write it.
public struct RegionExpression: Hashable, Sendable {
  /// As it was written.
  public let text: String
  /// What is meant.
  public let area: Area

  /// A part of a picture.
  public enum Area: Hashable, Sendable {
    /// The pixels that the network predicts as the target's class.
    case predicted
    /// All pixels.
    case everywhere
    /// A rectangle of the photograph's pixels, right and bottom left out.
    case box(left: Int, top: Int, right: Int, bottom: Int)
    /// An image of the photograph's size, white inside, or an array, 1 inside.
    case mask(path: String)
  }

  /// The pixels that the network predicts as the target's class.
  public static let predicted = RegionExpression(text: "predicted", area: .predicted)
  /// All pixels.
  public static let everywhere = RegionExpression(text: "all", area: .everywhere)

  private init(text: String, area: Area) { (self.text, self.area) = (text, area) }

  /// Reads `predicted`, `all`, `left,top,right,bottom`, `x,y`, or else takes the text for a mask image's path.
  ///
  /// - Throws: ``ExplainingError`` for a rectangle that is none.
  public init(_ text: String) throws(ExplainingError) { self.init(text: text, area: try Area(text.trimmed)) }

  /// The mask image, where it is one.
  public var maskPath: String? { if case .mask(let path) = area { path } else { nil } }
}

extension RegionExpression.Area {
  fileprivate init(_ text: String) throws(ExplainingError) {
    let expected = "give left,top,right,bottom or x,y in pixels, a mask image, 'predicted' or 'all'"
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0.trimmed) }
    switch text.lowercased() {
    case "predicted": self = .predicted
    case "all": self = .everywhere
    case "": throw .usage("the region is empty: \(expected)")
    default:
      guard numbers.contains(where: { $0 != nil }) else {
        self = .mask(path: text)
        return
      }
      let edges = numbers.compactMap { $0 }
      let isSensible = edges.allSatisfy { (-1_000_000...1_000_000).contains($0) }
      guard edges.count == numbers.count, edges.count == 2 || edges.count == 4, isSensible else {
        throw .usage("'\(text)' is not a region: \(expected)")
      }
      let (right, bottom) = edges.count == 2 ? (edges[0] + 1, edges[1] + 1) : (edges[2], edges[3])
      guard edges[0] < right, edges[1] < bottom else {
        throw .usage("the region \(text) is empty: the right edge must be beyond the left, the bottom below the top")
      }
      self = .box(left: edges[0], top: edges[1], right: right, bottom: bottom)
    }
  }
}

extension RegionExpression {
  /// The weight of each of `height` × `width` places over the network's input; `nil` where the prediction decides.
  ///
  /// - Throws: ``ExplainingError`` where nothing of the region is seen by the network.
  func weights(on subject: Subject, height: Int, width: Int) throws(ExplainingError) -> Tensor? {
    let geometry = try subject.frame, (columns, rows) = (geometry.originalWidth, geometry.originalHeight)
    var mask = [Float](repeating: 0, count: columns * rows)
    switch area {
    case .predicted: return nil
    case .everywhere: return Tensor(repeating: 1, shape: [height, width])
    case .box(let left, let top, let right, let bottom):
      let x = max(left, 0)..<max(min(right, columns), max(left, 0))
      for y in max(top, 0)..<max(min(bottom, rows), max(top, 0)) {
        for x in x { mask[y * columns + x] = 1 }
      }
    case .mask(let path):
      let given = try explaining {
        try Mask(contentsOf: path, pixelLimit: max(Raster.defaultPixelLimit, columns * rows))
      }
      guard given.width == columns, given.height == rows else {
        throw .data(
          "the mask \(path) has \(given.width) × \(given.height) pixels and \(subject.name) \(columns) × \(rows): "
            + (given.width == rows && given.height == columns ? "it is transposed" : "make it as large"))
      }
      mask = given.isInside.map { $0 ? 1 : 0 }
    }
    guard mask.contains(1) else {
      throw .data(
        maskPath == nil
          ? "the region \(text) lies outside of \(subject.name), which has \(columns) × \(rows) pixels"
          : "the mask \(text) is black, or 0, all over: make the region white, or 1")
    }
    let weights = geometry.coverage(of: mask, height: height, width: width)
    guard weights.contains(where: { $0 > 0 }) else {
      throw .data(
        "the network sees nothing of the region \(text), which the crop of \(subject.name) leaves out: "
          + "choose another, or fit all of the photograph into the input", about: .fit)
    }
    return Tensor(weights, shape: [height, width])
  }
}
