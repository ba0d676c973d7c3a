import Foundation
import Images
import Synchronization
import Testing

@Suite struct WorkersTests {
  @Test(arguments: [nil, 1, 2]) func `results of several processors keep their order`(count: Int?) {
    #expect(Workers(count).map(1000) { $0 * $0 } == (0..<1000).map { $0 * $0 })
    #expect(Workers(count).map(0) { $0 } == [])
  }

  @Test func `no more work at once than were asked for, whatever others ask for meanwhile`() {
    DispatchQueue.concurrentPerform(iterations: 3) { index in
      let workers = Workers(index + 1)
      let now = Atomic(0), most = Atomic(0)
      _ = workers.map(40) { _ in
        most.max(now.add(1, ordering: .relaxed).newValue, ordering: .relaxed)
        Thread.sleep(forTimeInterval: 0.001)
        now.subtract(1, ordering: .relaxed)
      }
      #expect(most.load(ordering: .relaxed) <= index + 1)
      if workers.isSingle { #expect(most.load(ordering: .relaxed) == 1) }
    }
  }

  @Test func `nobody works with less than one processor`() {
    #expect(Workers(0) == Workers(1) && Workers(-3).isSingle && !Workers.all.isSingle)
  }
}
