import FileKinds
import Tensors

/// Which pixels of a photograph are meant: a picture that is light inside, or a NumPy array.
///
/// Of two levels the higher is inside, whatever they are: black and white, 0 and 1 of any number type, false and true.
/// Of more, what reaches half of white: 128, 32,768 of 16 bits, 0.5 of fractions.
public struct Mask: Hashable, Sendable {
  /// The extent in pixels.
  public let width: Int, height: Int
  /// For each pixel, row by row from the top.
  public let isInside: [Bool]

  /// Reads a picture of any kind that ``Raster`` reads, or a NumPy array, recognised by its content.
  ///
  /// - Parameters:
  ///   - path: the file; an array is `[height, width]`, extents of one aside.
  ///   - pixelLimit: the most pixels a picture may declare.
  /// - Throws: `ImageError`, also for a map of classes, whose levels mean something else.
  public init(contentsOf path: String, pixelLimit: Int = Raster.defaultPixelLimit) throws(ImageError) {
    let file = PictureFile(path)
    let bytes = try fileBytes(at: file.path)
    switch FileKind(of: bytes) {
    case .numpy:
      let array = try NumPyFile.decode(bytes, named: path)
      let extents = array.shape.filter { $0 != 1 }
      let shape = extents.count == 2 ? extents : array.shape.count == 2 ? array.shape : []
      guard shape.count == 2, !shape.contains(0) else {
        throw .unsupported(
          name: path, kind: "an array of \(array.shape.map(String.init).joined(separator: " × "))",
          remedy: "save one of height × width as the mask")
      }
      (height, width) = (shape[0], shape[1])
      isInside = try Self.inside(array.scalars, named: path)
    case let kind:
      var picture = try Raster(decoding: bytes, page: file.page, named: path, pixelLimit: pixelLimit)
      // Of 16 bits only the high ones are kept, and 0 and 1 would both be black.
      if kind == .png, !picture.samples.contains(where: { $0 > 0 }) {
        picture = try Raster(saturatedPNG: bytes, named: path, pixelLimit)
      }
      (width, height) = (picture.width, picture.height)
      // As whole numbers of 16 bits, the finest that masks are stored in.
      let fine = kind == .png ? nil : picture.bands?.luminance
      if let fine, fine.count == 1, !picture.samples.contains(where: { $0 > 0 }) {
        isInside = try Self.inside(fine.samples.map { ($0 * 257).rounded() }, named: path)
      } else {
        isInside = try Self.inside(picture.luminance.map(Float.init), named: path)
      }
    }
  }

  private static func inside(_ values: [Float], named name: String) throws(ImageError) -> [Bool] {
    guard let least = values.min(), let greatest = values.max(), values.allSatisfy(\.isFinite) else {
      throw .unsupported(name: name, kind: "an array with values that are no numbers", remedy: "save it as 0 and 1")
    }
    guard least < greatest else { return values.map { $0 == 1 || $0 >= 128 } }
    if values.allSatisfy({ $0 == least || $0 == greatest }) { return values.map { $0 == greatest } }
    let white: Float = least >= 0 && greatest <= 1 ? 1 : greatest <= 255 ? 256 : 65536
    guard least >= 0, greatest >= white / 2 else {
      let levels = Set(values).count
      throw .unsupported(
        name: name, kind: "a map of \(levels) levels from \(least.plain) to \(greatest.plain), as of classes",
        remedy: "save one of them as a mask of two levels, as with numpy.save('mask.npy', array == \(greatest.plain))")
    }
    return values.map { $0 >= white / 2 }
  }
}

extension Float {
  /// Whole numbers without a point.
  fileprivate var plain: String { self == rounded() && magnitude < 1e9 ? String(Int(self)) : String(self) }
}
