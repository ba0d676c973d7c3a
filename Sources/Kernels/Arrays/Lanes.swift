/// Sixteen neighbouring scalars.
typealias Lanes = SIMD16<Float>

extension Lanes {
  @inline(__always)
  init(_ pointer: UnsafePointer<Float>) { self = UnsafeRawPointer(pointer).loadUnaligned(as: Lanes.self) }

  @inline(__always)
  init(_ pointer: UnsafeMutablePointer<Float>) { self.init(UnsafePointer(pointer)) }

  @inline(__always)
  func store(to pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Lanes.self)
  }
}

/// Walks a range sixteen at a time, and what is left one by one.
@inline(__always)
func forEachLanes(_ range: Range<Int>, _ body: (Int) -> Void, scalar: (Int) -> Void) {
  var i = range.lowerBound
  while i + 16 <= range.upperBound {
    body(i)
    i += 16
  }
  while i < range.upperBound {
    scalar(i)
    i += 1
  }
}
