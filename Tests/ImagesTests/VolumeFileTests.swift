import Foundation
import Images
import Tensors
import Testing

/// Volumes in NIfTI files, and animations.
@Suite struct VolumeFileTests {
  /// A file of 2 × 3 × 4 voxels whose numbers count up as the file has them, the first axis fastest.
  private func file(
    type: Int16 = 4, slope: Float = 2, swapped: Bool = false, magic: String = "n+1", short: Bool = false
  ) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 352)
    func put<N: FixedWidthInteger>(_ number: N, _ place: Int) {
      withUnsafeBytes(of: swapped ? number.bigEndian : number.littleEndian) {
        bytes.replaceSubrange(place..<(place + MemoryLayout<N>.size), with: $0)
      }
    }
    func real(_ number: Float, _ place: Int) { put(number.bitPattern, place) }
    put(Int32(348), 0)
    for (index, extent) in [3, 2, 3, 4, 1, 1, 1, 1].enumerated() { put(Int16(extent), 40 + 2 * index) }
    put(type, 70)
    for (index, size) in ([1, 2, 1.5, 3] as [Float]).enumerated() { real(size, 76 + 4 * index) }
    real(352, 108)
    real(slope, 112)
    real(-1, 116)
    put(Int16(1), 254)
    // Leftwards, then upwards, then to the front.
    for (place, value) in [(280, -2), (296 + 8, 3), (312 + 4, 1.5)] as [(Int, Float)] { real(value, place) }
    bytes.replaceSubrange(344..<347, with: Array(magic.utf8))
    let count = short ? 20 : 24
    for number in 0..<count {
      let number = Int16(number)
      withUnsafeBytes(of: swapped ? number.bigEndian : number.littleEndian) { bytes.append(contentsOf: $0) }
    }
    return bytes
  }

  @Test(arguments: [false, true]) func `numbers come in the axes of the file, scaled`(swapped: Bool) throws {
    let volume = try NIfTIFile(decoding: file(swapped: swapped), named: "v.nii")
    #expect(volume.tensor.shape == [2, 3, 4])
    // (i, j, k) is number i + 2 (j + 3 k) of the file.
    #expect(volume.tensor.scalars[23] == 2 * 23 - 1 && volume.tensor.scalars[12] == 1 && volume.tensor.scalars[1] == 11)
    #expect(volume.space.directions == [.left, .superior, .anterior] && volume.space.spacing == [2, 1.5, 3])
  }

  @Test(arguments: [false, true]) func `a map is written where the volume lies`(swapped: Bool) throws {
    let volume = try NIfTIFile(decoding: file(swapped: swapped), named: "v.nii")
    let map = Tensor((0..<24).map { Float($0) / 7 }, shape: [2, 3, 4])
    for isCompressed in [false, true] {
      let bytes = volume.data(of: map, isCompressed: isCompressed)
      #expect((bytes[0] == 0x1f) == isCompressed)
      let read = try NIfTIFile(decoding: bytes, named: "m.nii")
      #expect(read.tensor == map && read.space == volume.space)
    }
    let alone = try NIfTIFile(decoding: NIfTIFile.data(of: map, isCompressed: true), named: "m.nii.gz")
    #expect(alone.tensor == map && alone.space.directions == [.right, .anterior, .superior])
  }

  @Test func `what is damaged or of another kind is refused`() {
    func error(_ bytes: [UInt8]) -> ImageError? {
      do throws(ImageError) {
        _ = try NIfTIFile(decoding: bytes, named: "v.nii")
        return nil
      } catch { return error }
    }
    #expect("\(error(file(short: true))!)".contains("it ends before its 24 numbers do"))
    #expect("\(error(file(type: 32))!)".contains("data type 32"))
    #expect("\(error(file(magic: "ni1"))!)".contains("without its volume"))
    #expect("\(error(Array(file().prefix(100)))!)".contains("no NIfTI header"))
    #expect("\(error([0x1f, 0x8b] + [UInt8](repeating: 7, count: 40))!)".contains("compressed bytes"))
  }

  @Test func `an animation has the frames' colours`() throws {
    var frames = [Raster(width: 40, height: 30, fill: (250, 0, 0)), Raster(width: 40, height: 30, fill: (0, 0, 250))]
    // Enough different colours, and runs of them, for codes of all lengths.
    for pixel in 0..<1200 { frames[0].samples[3 * pixel + 1] = UInt8(pixel * 7 % 251) }
    let bytes = GIFFile.data(of: frames, delay: 10)
    #expect(bytes.starts(with: Array("GIF89a".utf8)) && bytes.last == 0x3b)
    let decoded = try decodedFrames(bytes)
    #expect(decoded.count == 2)
    for (frame, found) in zip(frames, decoded) {
      #expect(found.count == frame.samples.count)
      #expect(zip(frame.samples, found).allSatisfy { abs(Int($0) - Int($1)) <= 12 })
    }
  }

  /// The samples of each frame, by the format's own rules.
  private func decodedFrames(_ bytes: [UInt8]) throws -> [[UInt8]] {
    var (place, frames) = (13 + 768, [[UInt8]]())
    let palette = Array(bytes[13..<place])
    while bytes[place] != 0x3b {
      if bytes[place] == 0x21 {
        place += 2
        while bytes[place] != 0 { place += Int(bytes[place]) + 1 }
        place += 1
        continue
      }
      place += 11
      var data: [UInt8] = []
      while bytes[place] != 0 {
        data += bytes[(place + 1)...(place + Int(bytes[place]))]
        place += Int(bytes[place]) + 1
      }
      place += 1
      frames.append(
        unpacked(data).flatMap { [palette[3 * Int($0)], palette[3 * Int($0) + 1], palette[3 * Int($0) + 2]] })
    }
    return frames
  }

  private func unpacked(_ data: [UInt8]) -> [UInt8] {
    var (table, size, bit): ([[UInt8]], Int, Int) = ([], 9, 0)
    func reset() -> [[UInt8]] { (0..<258).map { $0 < 256 ? [UInt8($0)] : [] } }
    table = reset()
    var (result, last): ([UInt8], [UInt8]?) = ([], nil)
    while bit + size <= 8 * data.count {
      var code = 0
      for index in 0..<size where data[(bit + index) / 8] >> UInt8((bit + index) % 8) & 1 == 1 { code |= 1 << index }
      bit += size
      if code == 257 { break }
      if code == 256 {
        (table, size, last) = (reset(), 9, nil)
        continue
      }
      let entry = code < table.count ? table[code] : last! + [last![0]]
      result += entry
      if let last, table.count < 4096 { table.append(last + [entry[0]]) }
      last = entry
      if table.count == 1 << size, size < 12 { size += 1 }
    }
    return result
  }
}
