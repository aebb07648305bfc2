// The inference worker's first script. A browser keeps the compiled code of what a worker imports, not that of the script it starts from;
// so this one only imports the other. Its path is the worker's name: one that a service worker served forgets what its own address ended in.
importScripts(new URL(self.name, self.location.origin))
