import GraphEngine
import CHDF5
import Kernels

/// An array in an HDF5 file.
struct HDF5Dataset {
  private let handle: HDF5Handle

  init(_ handle: HDF5Handle) { self.handle = handle }

  /// Why an array cannot be read.
  struct Failure: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  /// The array in float32, whatever kind of number the file stores, compressed or not.
  func array() throws(Failure) -> NDArray {
    let shape = try self.shape()
    guard let count = elementCount(of: shape) else { throw Failure("it is too large (\(spelled(shape)))") }
    try checkStorage(of: shape, count)
    let storage = Storage(count: max(count, 1))
    if count > 0 {
      if isBrainFloat {
        var halves = [UInt16](repeating: 0, count: count)
        try read(limn_hdf5_uint16(), into: &halves)
        for (index, half) in halves.enumerated() { storage.pointer[index] = Float(bitPattern: UInt32(half) << 16) }
      } else {
        try read(limn_hdf5_float(), into: storage.pointer)
      }
    }
    return NDArray(storage: storage, shape: shape)
  }

  private func shape() throws(Failure) -> [Int] {
    guard let space = HDF5Handle(H5Dget_space(handle.id), closing: H5Sclose) else { throw Failure("it has no extent") }
    let rank = Int(H5Sget_simple_extent_ndims(space.id))
    guard (0...8).contains(rank) else { throw Failure("it has \(rank) dimensions") }
    var extents = [hsize_t](repeating: 0, count: max(rank, 1))
    guard H5Sget_simple_extent_dims(space.id, &extents, nil) >= 0 else { throw Failure("it has no extent") }
    guard extents.allSatisfy({ $0 <= 1 << 31 }) else { throw Failure("it is too large") }
    return extents.prefix(rank).map { Int($0) }
  }

  /// Makes sure that the array is numbers, and as many as its bytes in this file can hold: HDF5 would make up the others,
  /// gigabytes of them where the file says so.
  private func checkStorage(of shape: [Int], _ count: Int) throws(Failure) {
    guard let type = HDF5Handle(H5Dget_type(handle.id), closing: H5Tclose),
      let creation = HDF5Handle(H5Dget_create_plist(handle.id), closing: H5Pclose)
    else { throw Failure("it has no type") }
    guard [H5T_FLOAT, H5T_INTEGER].contains(H5Tget_class(type.id)) else { throw Failure("it does not hold numbers") }
    let layout = H5Pget_layout(creation.id)
    guard [H5D_COMPACT, H5D_CONTIGUOUS, H5D_CHUNKED].contains(layout), H5Pget_external_count(creation.id) == 0 else {
      throw Failure("it lies in another file")
    }
    let stored = Int(min(H5Dget_storage_size(handle.id), 1 << 40))
    // No filter of HDF5's own packs numbers tighter than deflate does, about a thousand to one.
    let limit = layout == H5D_CHUNKED ? stored * 1100 : stored
    guard count * H5Tget_size(type.id) <= limit else { throw Failure("its numbers are not in the file") }
    if layout == H5D_CHUNKED, count > 0 {
      let chunks = try ChunkedStorage(
        of: handle, creation: creation, extents: shape, bytesPerNumber: H5Tget_size(type.id))
      try chunks.verify(creation)
    }
  }

  private func read(_ type: hid_t, into memory: UnsafeMutableRawPointer) throws(Failure) {
    guard H5Dread(handle.id, type, 0, 0, limn_hdf5_default, memory) >= 0 else {
      throw Failure("its numbers cannot be read")
    }
  }

  /// Keras stores bfloat16 as its bits.
  private var isBrainFloat: Bool { HDF5Attribute("dtype", of: handle)?.strings == ["bfloat16"] }
}
