public import Tensors

/// A way to cut a picture into regions of like colour.
public enum Superpixels: String, Hashable, Sendable, CaseIterable, LosslessStringConvertible {
  /// Clusters of colour and place: ``Segmentation/slic(_:count:compactness:)``.
  case slic
  /// Modes of the density of colour and place, as many as the picture has:
  /// ``Segmentation/quickshift(_:kernelSize:greatestDistance:colorWeight:)``.
  case quickshift
  /// Squares, whatever the picture.
  case grid

  public init?(_ description: String) { self.init(rawValue: description) }

  public var description: String { rawValue }

  /// The values as a parameter's description lists them.
  public static var expected: String { allCases.map(\.rawValue).joined(separator: ", ") }

  /// The segments of a picture.
  ///
  /// - Parameters:
  ///   - picture: `[channels, height, width]`, from 0 for black to 1 for white.
  ///   - count: About how many segments there should be; quickshift makes as many as it finds.
  /// - Returns: The segments.
  public func segmentation(of picture: Tensor, count: Int) -> Segmentation {
    switch self {
    case .slic: .slic(picture, count: count)
    case .quickshift: .quickshift(picture)
    case .grid: .grid(of: count, height: picture.shape[1], width: picture.shape[2])
    }
  }
}

extension Segmentation {
  /// About `count` rectangles, as square as rows and columns of them can be.
  public static func grid(of count: Int, height: Int, width: Int) -> Segmentation {
    let side = (Double(height * width) / Double(max(count, 1))).squareRoot()
    func parts(_ extent: Int) -> Int { max(1, Int((Double(extent) / side).rounded())) }
    return grid(rows: parts(height), columns: parts(width), height: height, width: width)
  }
}
