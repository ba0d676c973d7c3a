import GraphEngine
import CHDF5
import CZip

/// The chunks that an array of an HDF5 file lies in, compressed or not.
///
/// The library trusts that each unpacks to a whole chunk and reads past the end of one that does not, so that they are
/// tried before it is asked to.
struct ChunkedStorage {
  private let dataset: HDF5Handle
  private let extents: [Int]
  private let chunk: [Int]
  private let bytesPerChunk: Int

  /// - Throws: ``HDF5Dataset/Failure`` where the chunks are of no reasonable size.
  init(
    of dataset: HDF5Handle, creation: HDF5Handle, extents: [Int], bytesPerNumber: Int
  ) throws(HDF5Dataset.Failure) {
    var chunk = [hsize_t](repeating: 0, count: max(extents.count, 1))
    guard !extents.isEmpty, Int(H5Pget_chunk(creation.id, Int32(extents.count), &chunk)) == extents.count,
      chunk.allSatisfy({ (1...(1 << 31)).contains($0) }), let numbers = elementCount(of: chunk.map { Int($0) })
    else { throw HDF5Dataset.Failure("its chunks have no extent") }
    self.dataset = dataset
    self.extents = extents
    self.chunk = chunk.map { Int($0) }
    bytesPerChunk = numbers * bytesPerNumber
  }

  /// Makes sure that every chunk is there and unpacks to what it should.
  ///
  /// - Parameter creation: the array's properties, which name its filters.
  /// - Throws: ``HDF5Dataset/Failure`` where one is not.
  func verify(_ creation: HDF5Handle) throws(HDF5Dataset.Failure) {
    let filters = try filters(creation)
    let counts = zip(extents, chunk).map { ($0 + $1 - 1) / $1 }
    guard let count = elementCount(of: counts), count <= 1 << 20, bytesPerChunk <= 1 << 30 else {
      throw HDF5Dataset.Failure("it lies in too many chunks")
    }
    let unpacked = UnsafeMutableRawBufferPointer.allocate(byteCount: bytesPerChunk, alignment: 16)
    defer { unpacked.deallocate() }
    for index in 0..<count {
      var (rest, offset) = (index, extents.map { _ in hsize_t(0) })
      for axis in extents.indices.reversed() {
        offset[axis] = hsize_t(rest % counts[axis] * chunk[axis])
        rest /= counts[axis]
      }
      guard try unpackedSize(of: offset, isDeflated: filters.contains(Self.deflate), into: unpacked) == bytesPerChunk
      else { throw HDF5Dataset.Failure("a chunk of it does not unpack to its size") }
    }
  }

  private static let deflate = Int32(H5Z_FILTER_DEFLATE)
  private static let shuffle = Int32(H5Z_FILTER_SHUFFLE)

  private func filters(_ creation: HDF5Handle) throws(HDF5Dataset.Failure) -> [Int32] {
    let count = H5Pget_nfilters(creation.id)
    guard (0...8).contains(count) else { throw HDF5Dataset.Failure("its filters cannot be told") }
    var filters: [Int32] = []
    for index in 0..<count {
      var (flags, values, configuration): (UInt32, Int, UInt32) = (0, 0, 0)
      let filter = H5Pget_filter2(creation.id, UInt32(index), &flags, &values, nil, 0, nil, &configuration)
      guard filter == Self.deflate || filter == Self.shuffle else {
        throw HDF5Dataset.Failure("it is packed by a filter other than deflate")
      }
      filters.append(filter)
    }
    return filters
  }

  private func unpackedSize(
    of offset: [hsize_t], isDeflated: Bool, into unpacked: UnsafeMutableRawBufferPointer
  ) throws(HDF5Dataset.Failure) -> Int {
    var size: hsize_t = 0
    guard H5Dget_chunk_storage_size(dataset.id, offset, &size) >= 0, size > 0, size <= 1 << 31 else {
      throw HDF5Dataset.Failure("its numbers are not in the file")
    }
    let packed = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(size), alignment: 16)
    defer { packed.deallocate() }
    var skipped: UInt32 = 0
    guard H5Dread_chunk(dataset.id, limn_hdf5_default, offset, &skipped, packed.baseAddress) >= 0, skipped == 0 else {
      throw HDF5Dataset.Failure("a chunk of it cannot be read")
    }
    guard isDeflated else { return Int(size) }
    var length = uLongf(unpacked.count)
    let status = uncompress(
      unpacked.baseAddress?.assumingMemoryBound(to: Bytef.self), &length,
      packed.baseAddress?.assumingMemoryBound(to: Bytef.self), uLong(size))
    return status == Z_OK ? Int(length) : -1
  }
}
