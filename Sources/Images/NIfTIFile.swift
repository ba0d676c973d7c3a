public import Tensors

/// A volume in a NIfTI-1 file, `.nii` or `.nii.gz`: its numbers and where they lie in the body.
///
/// The array has the axes that the file and nibabel have, `[i, j, k]`; of a file with further axes these come first, as
/// channels. Values are scaled as the file says. (NIfTI-1.1, nifti1.h.)
public struct NIfTIFile: Hashable, Sendable {
  /// `[i, j, k]` or `[channels, i, j, k]`.
  public let tensor: Tensor
  /// How the last three axes lie.
  public let space: VolumeSpace
  /// The header, which maps are written with.
  private let header: [UInt8]

  /// Reads a file.
  ///
  /// - Throws: `ImageError`.
  public init(contentsOf path: String) throws(ImageError) { try self.init(decoding: fileBytes(at: path), named: path) }

  /// Decodes a file held in memory; `name` is what error messages call it.
  ///
  /// - Throws: `ImageError` where it is damaged, or of a kind that is not read.
  public init(decoding bytes: [UInt8], named name: String) throws(ImageError) {
    let bytes = Gzip.marks(bytes) ? try Gzip.expanded(bytes, named: name, limit: 1 << 32) : bytes
    guard bytes.count >= 352 else { throw .corrupt(name: name, reason: "it has no NIfTI header") }
    let fields = try Fields(bytes, named: name)
    let extents = (1...7).map { fields.short(40 + 2 * $0) }
    let rank = fields.short(40)
    guard (1...7).contains(rank), extents.prefix(rank).allSatisfy({ $0 > 0 }) else {
      throw .corrupt(name: name, reason: "its dimensions are impossible")
    }
    let shape = (0..<7).map { $0 < rank ? extents[$0] : 1 }
    let count = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    guard let element = Element(rawValue: fields.short(70)) else {
      throw .unsupported(
        name: name, kind: "a volume of data type \(fields.short(70))", remedy: "save its numbers as float32")
    }
    let start = Int(max(352, fields.real(108)))
    guard shape.allSatisfy({ $0 < 1 << 15 }), count > 0, count <= 1 << 31,
      count <= (bytes.count - start) / element.size
    else { throw .corrupt(name: name, reason: "it ends before its \(count) numbers do") }
    let (slope, shift) = (fields.real(112), fields.real(116))
    let isScaled = slope != 0 && slope.isFinite && shift.isFinite
    let numbers = bytes.withUnsafeBytes { buffer in
      (0..<count).map { index in
        let number = element.number(in: buffer, at: start + index * element.size, swapped: fields.isSwapped)
        return isScaled ? number * slope + shift : number
      }
    }
    // The first axis is the fastest in the file, the last one here.
    let (nx, ny, nz) = (shape[0], shape[1], shape[2]), channels = shape[3...].reduce(1, *)
    var scalars = numbers
    var place = 0
    for c in 0..<channels {
      for i in 0..<nx {
        for j in 0..<ny {
          for k in 0..<nz {
            scalars[place] = numbers[((c * nz + k) * ny + j) * nx + i]
            place += 1
          }
        }
      }
    }
    tensor = Tensor(scalars, shape: (channels > 1 ? [channels] : []) + [nx, ny, nz])
    space = VolumeSpace(matrix: fields.matrix, spacing: (1...3).map { max(abs(fields.real(76 + 4 * $0)), 1e-6) })
    header = Array(bytes[..<352])
  }

  /// A map `[i, j, k]` as a file beside this one: float32, in the same place of the body.
  ///
  /// - Parameters:
  ///   - map: of the extents of this volume's last three axes.
  ///   - isCompressed: whether the file is a `.nii.gz`.
  /// - Returns: The bytes of the file.
  public func data(of map: Tensor, isCompressed: Bool) -> [UInt8] {
    Self.data(of: map, header: header, isCompressed: isCompressed)
  }

  /// A map `[i, j, k]` of a volume that was in no such file: voxels of extent 1, in the order of its axes.
  public static func data(of map: Tensor, isCompressed: Bool) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 352)
    header.put(Int32(348), at: 0)
    for axis in 0...3 { header.put(Float(1).bitPattern, at: 76 + 4 * axis) }
    header.put(Int16(1), at: 254)
    for axis in 0..<3 { header.put(Float(1).bitPattern, at: 280 + 16 * axis + 4 * axis) }
    header.replaceSubrange(344..<348, with: [0x6e, 0x2b, 0x31, 0])
    return data(of: map, header: header, isCompressed: isCompressed)
  }

  private static func data(of map: Tensor, header: [UInt8], isCompressed: Bool) -> [UInt8] {
    var bytes = (try? Fields(header, named: "")).map { $0.isSwapped ? swapped(header) : header } ?? header
    let shape = map.shape
    for axis in 0..<8 { bytes.put(Int16(axis == 0 ? 3 : axis < 4 ? shape[axis - 1] : 1), at: 40 + 2 * axis) }
    bytes.put(Int16(Element.float32.rawValue), at: 70)
    bytes.put(Int16(32), at: 72)
    bytes.put(Float(352).bitPattern, at: 108)
    // Neither scaled nor with a range to show.
    for place in [112, 116, 124, 128] { bytes.put(UInt32(0), at: place) }
    bytes.replaceSubrange(348..<352, with: [0, 0, 0, 0])
    bytes.reserveCapacity(352 + 4 * map.scalars.count)
    for k in 0..<shape[2] {
      for j in 0..<shape[1] {
        for i in 0..<shape[0] {
          let scalar = map.scalars[(i * shape[1] + j) * shape[2] + k]
          withUnsafeBytes(of: scalar.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
      }
    }
    return isCompressed ? Gzip.compressed(bytes) : bytes
  }

  /// A header of the other byte order in this one's, as far as maps are written with it.
  private static func swapped(_ header: [UInt8]) -> [UInt8] {
    var bytes = header
    func turn(_ start: Int, _ size: Int, _ count: Int) {
      for item in 0..<count { bytes[(start + item * size)..<(start + (item + 1) * size)].reverse() }
    }
    turn(0, 4, 1)
    turn(40, 2, 8)
    turn(56, 4, 3)
    turn(68, 2, 4)
    turn(76, 4, 11)
    turn(120, 2, 1)
    turn(124, 4, 6)
    turn(252, 2, 2)
    turn(256, 4, 18)
    return bytes
  }
}

extension [UInt8] {
  fileprivate mutating func put<Number: FixedWidthInteger>(_ number: Number, at place: Int) {
    Swift.withUnsafeBytes(of: number.littleEndian) { bytes in
      for (offset, byte) in bytes.enumerated() { self[place + offset] = byte }
    }
  }
}
