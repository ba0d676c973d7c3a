extension NIfTIFile {
  /// The header's numbers by their place in it.
  struct Fields {
    let bytes: ArraySlice<UInt8>
    let isSwapped: Bool

    init(_ bytes: [UInt8], named name: String) throws(ImageError) {
      self.bytes = bytes.prefix(352)
      let size = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
      let other = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      if size == 540 || other == 540 {
        throw .unsupported(name: name, kind: "a NIfTI-2 file", remedy: "save it as NIfTI-1")
      }
      guard size == 348 || other == 348 else { throw .corrupt(name: name, reason: "it has no NIfTI header") }
      isSwapped = size != 348
      let mark = Array(bytes[344..<347])
      if mark == Array("ni1".utf8) {
        throw .unsupported(
          name: name, kind: "a NIfTI header without its volume", remedy: "save both as one .nii file")
      }
      guard mark == Array("n+1".utf8) else {
        throw .unsupported(name: name, kind: "an Analyze 7.5 header", remedy: "save it as a .nii file")
      }
    }

    private func word(_ place: Int, _ size: Int) -> UInt64 {
      let part = bytes[place..<(place + size)]
      return (isSwapped ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | UInt64($1) }
    }

    func short(_ place: Int) -> Int { Int(Int16(bitPattern: UInt16(word(place, 2)))) }

    func real(_ place: Int) -> Float { Float(bitPattern: UInt32(word(place, 4))) }

    /// What a step along each axis of the file does in the body, `matrix[world][axis]`: by the affine that the file
    /// gives, or else the rotation, or else as if the axes led right, to the front and to the top.
    var matrix: [[Float]] {
      let spacing = (1...3).map { max(abs(real(76 + 4 * $0)), 1e-6) }
      if short(254) > 0 { return (0..<3).map { row in (0..<3).map { real(280 + 16 * row + 4 * $0) } } }
      guard short(252) > 0 else { return (0..<3).map { row in (0..<3).map { row == $0 ? spacing[$0] : 0 } } }
      let (b, c, d) = (real(256), real(260), real(264))
      let a = max(0, 1 - b * b - c * c - d * d).squareRoot()
      let rotation = [
        [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
        [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
        [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
      ]
      let turn: Float = real(76) < 0 ? -1 : 1
      return rotation.map { row in (0..<3).map { row[$0] * spacing[$0] * ($0 == 2 ? turn : 1) } }
    }
  }

  /// The types of numbers that volumes are made of.
  enum Element: Int {
    case uint8 = 2, int16 = 4, int32 = 8, float32 = 16, float64 = 64, int8 = 256, uint16 = 512, uint32 = 768
    case int64 = 1024, uint64 = 1280

    var size: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16, .uint16: 2
      case .int32, .float32, .uint32: 4
      case .float64, .int64, .uint64: 8
      }
    }

    func number(in buffer: UnsafeRawBufferPointer, at place: Int, swapped: Bool) -> Float {
      func read<Number: FixedWidthInteger>(_ type: Number.Type) -> Number {
        let number = buffer.loadUnaligned(fromByteOffset: place, as: type)
        return swapped ? Number(bigEndian: number) : Number(littleEndian: number)
      }
      return switch self {
      case .uint8: Float(read(UInt8.self))
      case .int8: Float(read(Int8.self))
      case .int16: Float(read(Int16.self))
      case .uint16: Float(read(UInt16.self))
      case .int32: Float(read(Int32.self))
      case .uint32: Float(read(UInt32.self))
      case .int64: Float(read(Int64.self))
      case .uint64: Float(read(UInt64.self))
      case .float32: Float(bitPattern: read(UInt32.self))
      case .float64: Float(Double(bitPattern: read(UInt64.self)))
      }
    }
  }
}
